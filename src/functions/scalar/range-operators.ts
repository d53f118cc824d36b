import { subtypeOf } from '../../types/range-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Value } from '../../types/value.ts'
import { defEnv, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import * as S from './range-sets.ts'

/** Operators of ranges and multiranges, in every pairing of the two. */
type Test = (a: S.Ranges, b: S.Ranges, subtype: SqlType) => boolean
type Pairing = readonly [left: 'range' | 'multirange', right: 'range' | 'multirange']

const PAIRINGS: readonly Pairing[] = [
  ['range', 'range'],
  ['range', 'multirange'],
  ['multirange', 'range'],
  ['multirange', 'multirange'],
]

/** Operands of the examples: a range, a multirange. */
const A = { range: "'[1,4)'::int4range", multirange: "'{[1,4)}'::int4multirange" } as const
const B = { range: "'[4,6)'::int4range", multirange: "'{[4,6)}'::int4multirange" } as const

/** PostgreSQL's names: range_before(range, range), range_before_multirange(range, multirange) … */
const nameOf = (name: string, [left, right]: Pairing): string =>
  left === 'range' && right === 'range' ? `range_${name}` : `${left}_${name}_${right}`

function tests(name: string, op: string, test: Test, holds: boolean): ScalarFunction[] {
  return PAIRINGS.map((pairing) => {
    const [left, right] = pairing
    return defEnv(
      `${nameOf(name, pairing)}(any${left},any${right}) bool`,
      ([a, b], _, types) => test(S.rangesOf(a as Value), S.rangesOf(b as Value), subtypeOf(types[0])),
      { op, example: [`${A[left]} ${op} ${B[right]}`, holds ? 't' : 'f'] },
    )
  })
}

function ofElement(kind: 'range' | 'multirange'): ScalarFunction[] {
  const has = (list: Datum, value: Datum) => S.containsElement(S.rangesOf(list as Value), value)
  return [
    defEnv(`${kind}_contains_elem(any${kind},anyelement) bool`, ([list, value]) => has(list, value), {
      op: '@>',
      example: [`${A[kind]} @> 3`, 't'],
    }),
    defEnv(`elem_contained_by_${kind}(anyelement,any${kind}) bool`, ([value, list]) => has(list, value), {
      op: '<@',
      example: [`4 <@ ${A[kind]}`, 'f'],
    }),
  ]
}

function sets(
  name: string,
  op: string,
  make: (a: S.Ranges, b: S.Ranges, subtype: SqlType) => S.Ranges,
  examples: readonly [range: Options['example'], multirange: Options['example']],
): ScalarFunction[] {
  const of = ([a, b]: readonly Datum[], [type]: readonly SqlType[]) =>
    make(S.rangesOf(a as Value), S.rangesOf(b as Value), subtypeOf(type))
  const what = name === 'minus' ? 'difference' : 'union'
  return [
    defEnv(`range_${name}(anyrange,anyrange) anyrange`, (args, _, types) => S.oneRange(of(args, types), what), {
      op,
      fallible: true,
      ...(examples[0] ? { example: examples[0] } : {}),
    }),
    defEnv(`multirange_${name}(anymultirange,anymultirange) anymultirange`, (args, _, types) => of(args, types), {
      op,
      fallible: true,
      ...(examples[1] ? { example: examples[1] } : {}),
    }),
  ]
}

const turned =
  (test: Test): Test =>
  (a, b, subtype) =>
    test(b, a, subtype)

export const rangeOperators: readonly ScalarFunction[] = [
  ...tests('contains', '@>', S.contains, false),
  ...tests('contained_by', '<@', turned(S.contains), false),
  ...tests('overlaps', '&&', S.overlaps, false),
  ...tests('before', '<<', S.before, true),
  ...tests('after', '>>', turned(S.before), false),
  ...tests('overleft', '&<', S.overleft, true),
  ...tests('overright', '&>', S.overright, false),
  ...tests('adjacent', '-|-', S.adjacent, true),
  ...ofElement('range'),
  ...ofElement('multirange'),
  ...sets('union', '+', S.union, [
    [`${A.range} + ${B.range}`, '[1,6)'],
    ["'{[1,2)}'::int4multirange + '{[5,6)}'::int4multirange", '{[1,2),[5,6)}'],
  ]),
  ...sets('intersect', '*', S.intersection, [
    ["'[1,5)'::int4range * '[3,9)'::int4range", '[3,5)'],
    ["'{[1,5)}'::int4multirange * '{[3,9)}'::int4multirange", '{[3,5)}'],
  ]),
  ...sets('minus', '-', S.difference, [
    ["'[1,5)'::int4range - '[3,9)'::int4range", '[1,3)'],
    ["'{[1,9)}'::int4multirange - '{[3,4)}'::int4multirange", '{[1,3),[4,9)}'],
  ]),
]
