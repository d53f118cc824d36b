import { SqlError } from '../../base/sql-error.ts'
import { makeMultirange, makeRange, spanOf } from '../../types/range-make.ts'
import { multirangeOf, RANGE_TYPES, type RangeNames, rangeOf, subtypeOf } from '../../types/range-type.ts'
import type { Bound } from '../../types/range-value.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, RangeValue, Value, ValueArray } from '../../types/value.ts'
import { def, defEnv, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import * as S from './range-sets.ts'

/** Constructors of ranges and multiranges, what their ends are, and what the aggregates over them make. */
function range(low: Datum, high: Datum, flags: Datum, subtype: SqlType): RangeValue {
  if (flags === null) throw new SqlError('22000', 'range constructor flags argument must not be null')
  if (!/^[[(][\])]$/.test(flags as string)) {
    throw new SqlError('42601', 'invalid range bound flags', { hint: 'Valid values are "[]", "[)", "(]", and "()".' })
  }
  const [open, close] = flags as string
  return makeRange(
    { value: low, inclusive: open === '[', lower: true },
    { value: high, inclusive: close === ']', lower: false },
    subtype,
  )
}

/** Two values of the type in order, as SQL. */
const SAMPLES = {
  int4: ['1', '3'],
  int8: ['1::int8', '3::int8'],
  numeric: ['1.5', '2.5'],
  date: ["'2024-01-01'::date", "'2024-01-02'::date"],
  timestamp: ["'2024-01-01 00:00'::timestamp", "'2024-01-02 00:00'::timestamp"],
  timestamptz: ["'2024-01-01 00:00'::timestamptz", "'2024-01-02 00:00'::timestamptz"],
} as const

const SHOWN = {
  int4: ['[1,3)', '[1,4)'],
  int8: ['[1,3)', '[1,4)'],
  numeric: ['[1.5,2.5)', '[1.5,2.5]'],
  date: ['[2024-01-01,2024-01-02)', '[2024-01-01,2024-01-03)'],
  timestamp: ['["2024-01-01 00:00:00","2024-01-02 00:00:00")', '["2024-01-01 00:00:00","2024-01-02 00:00:00"]'],
  timestamptz: [
    '["2024-01-01 00:00:00+00","2024-01-02 00:00:00+00")',
    '["2024-01-01 00:00:00+00","2024-01-02 00:00:00+00"]',
  ],
} as const

function constructors({ of, range: [, , name], multirange: [, , multi] }: RangeNames): ScalarFunction[] {
  const subtype: SqlType = { kind: of }
  const key = of as keyof typeof SAMPLES
  const [low, high] = SAMPLES[key]
  const loose = { strict: false, fallible: true } as const
  const several = (ranges: readonly Datum[]): Value => {
    if (ranges.includes(null)) throw new SqlError('22004', 'multirange values cannot contain null members')
    return makeMultirange(ranges as readonly RangeValue[], subtype) as Value
  }
  return [
    defEnv(`${name}(${of},${of}) ${name}`, ([a, b]) => range(a, b, '[)', subtype), {
      ...loose,
      example: [`${name}(${low}, ${high})`, SHOWN[key][0]],
    }),
    defEnv(`${name}(${of},${of},text) ${name}`, ([a, b, flags]) => range(a, b, flags, subtype), {
      ...loose,
      example: [`${name}(${low}, ${high}, '[]')`, SHOWN[key][1]],
    }),
    defEnv(`${multi}() ${multi}`, () => [], { strict: false, example: [`${multi}()`, '{}'] }),
    defEnv(`${multi}(${name}) ${multi}`, several, {
      example: [`${multi}(${name}(${low}, ${high}))`, `{${SHOWN[key][0]}}`],
    }),
    defEnv(`${multi}(${name},${name}) ${multi}`, several, {
      ...loose,
      variadic: true,
      example: [`${multi}(${name}(${low}, ${high}), ${name}(${low}, ${low}))`, `{${SHOWN[key][0]}}`],
    }),
  ]
}

const ofSubtype: Pick<Options, 'returns'> = { returns: ([type]) => subtypeOf(type) }

/** What of an end there is to say; nothing of what is empty. */
function ends(kind: 'range' | 'multirange', sample: string): ScalarFunction[] {
  const of = <T extends Datum>(list: Value, none: T, end: (list: S.Ranges) => Bound, answer: (b: Bound) => T): T => {
    const ranges = S.rangesOf(list)
    return ranges.length === 0 ? none : answer(end(ranges))
  }
  const arg = `any${kind}`
  return (['lower', 'upper'] as const).flatMap((side) => {
    const end = side === 'lower' ? S.firstLower : S.lastUpper
    return [
      def(`${side}(${arg}) anyelement`, (v: Value) => of(v, null, end, (b) => b.value), {
        ...ofSubtype,
        example: [`${side}(${sample})`, side === 'lower' ? '1' : '5'],
      }),
      def(`${side}_inc(${arg}) bool`, (v: Value) => of(v, false, end, (b) => b.value !== null && b.inclusive), {
        example: [`${side}_inc(${sample})`, side === 'lower' ? 't' : 'f'],
      }),
      def(`${side}_inf(${arg}) bool`, (v: Value) => of(v, false, end, (b) => b.value === null), {
        example: [`${side}_inf(${sample})`, 'f'],
      }),
    ]
  })
}

/** Ranges and multiranges of a group, NULLs left out; null where there are none. */
function known(items: ValueArray): readonly S.Ranges[] | null {
  const values = items.filter((item) => item !== null)
  return values.length === 0 ? null : values.map((value) => S.rangesOf(value as Value))
}

const itemSubtype = ([type]: readonly SqlType[]): SqlType => subtypeOf(type.element as SqlType)

export const rangeFunctions: readonly ScalarFunction[] = [
  ...RANGE_TYPES.flatMap(constructors),
  ...ends('range', "'[1,5)'::int4range"),
  ...ends('multirange', "'{[1,2),[3,5)}'::int4multirange"),
  ...(['range', 'multirange'] as const).map((kind) =>
    def(`isempty(any${kind}) bool`, (v: Value) => S.rangesOf(v).length === 0, {
      example: [`isempty(${kind === 'range' ? "'empty'::int4range" : "'{}'::int4multirange"})`, 't'],
    }),
  ),
  defEnv(
    'range_merge(anyrange,anyrange) anyrange',
    ([a, b], _, types) => spanOf(a as RangeValue, b as RangeValue, subtypeOf(types[0])),
    { example: ["range_merge('[1,2)'::int4range, '[5,6)'::int4range)", '[1,6)'] },
  ),
  defEnv(
    'range_merge(anymultirange) anyrange',
    ([v], _, types) => S.merged(S.rangesOf(v as Value), subtypeOf(types[0])),
    {
      returns: ([type]) => rangeOf(subtypeOf(type)),
      example: ["range_merge('{[1,2),[5,6)}'::int4multirange)", '[1,6)'],
    },
  ),
  def('multirange(anyrange) anymultirange', (v: Value) => S.rangesOf(v) as Value, {
    returns: ([type]) => multirangeOf(subtypeOf(type)),
    example: ["multirange('[1,2)'::int4range)", '{[1,2)}'],
  }),
  // range_agg and range_intersect_agg of what array_agg collected.
  defEnv(
    'range_agg_final(anyarray) anymultirange',
    ([items], _, types) => {
      const lists = known(items as ValueArray)
      return lists === null ? null : (makeMultirange(lists.flat(), itemSubtype(types)) as Value)
    },
    { returns: (types) => multirangeOf(itemSubtype(types)), fallible: true },
  ),
  defEnv(
    'range_intersect_agg_final(anyarray) anyelement',
    ([items], _, types) => {
      const lists = known(items as ValueArray)
      if (lists === null) return null
      const left = lists.reduce((a, b) => S.intersection(a, b, itemSubtype(types)))
      return types[0].element?.kind === 'range' ? S.oneRange(left, 'union') : (left as Value)
    },
    { returns: ([type]) => type.element as SqlType, fallible: true },
  ),
]
