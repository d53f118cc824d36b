import type { SqlType, TypeKind } from './sql-type.ts'

/** PostgreSQL's range types by what they are ranges of: oids and names of the range, its array, its multirange, its array. */
export interface RangeNames {
  readonly of: TypeKind
  /** There is a next value: ranges of it have one form, [a,b). */
  readonly discrete: boolean
  readonly range: readonly [oid: number, arrayOid: number, name: string]
  readonly multirange: readonly [oid: number, arrayOid: number, name: string]
}

export const RANGE_TYPES: readonly RangeNames[] = [
  { of: 'int4', discrete: true, range: [3904, 3905, 'int4range'], multirange: [4451, 6150, 'int4multirange'] },
  { of: 'numeric', discrete: false, range: [3906, 3907, 'numrange'], multirange: [4532, 6151, 'nummultirange'] },
  { of: 'timestamp', discrete: false, range: [3908, 3909, 'tsrange'], multirange: [4533, 6152, 'tsmultirange'] },
  { of: 'timestamptz', discrete: false, range: [3910, 3911, 'tstzrange'], multirange: [4534, 6153, 'tstzmultirange'] },
  { of: 'date', discrete: true, range: [3912, 3913, 'daterange'], multirange: [4535, 6155, 'datemultirange'] },
  { of: 'int8', discrete: true, range: [3926, 3927, 'int8range'], multirange: [4536, 6157, 'int8multirange'] },
]

const BY_SUBTYPE = new Map<string, RangeNames>(RANGE_TYPES.map((names) => [names.of, names]))
const BY_NAME = new Map<string, SqlType>(
  RANGE_TYPES.flatMap(({ of, range, multirange }) => [
    [range[2], { kind: 'range', element: { kind: of } }],
    [multirange[2], { kind: 'multirange', element: { kind: of } }],
  ]),
)

/** Undefined: there are no ranges of such values. */
export const rangeNames = (subtype: SqlType | undefined): RangeNames | undefined => BY_SUBTYPE.get(subtype?.kind ?? '')
export const rangeTypeByName = (name: string): SqlType | undefined => BY_NAME.get(name)
export const rangeOf = (element: SqlType): SqlType => ({ kind: 'range', element })
export const multirangeOf = (element: SqlType): SqlType => ({ kind: 'multirange', element })
/** What a range, or each range of a multirange, is of. */
export const subtypeOf = (type: SqlType): SqlType => type.element ?? { kind: 'int4' }
