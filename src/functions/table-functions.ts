import { SqlError } from '../base/sql-error.ts'
import { shapeOf } from '../types/array-value.ts'
import { compareInterval } from '../types/interval.ts'
import { withoutModifiers } from '../types/modifiers.ts'
import { compareNumeric, isSpecial } from '../types/numeric.ts'
import { numericAdd } from '../types/numeric-arith.ts'
import { rangeOf, subtypeOf } from '../types/range-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum, Interval, Numeric, Row, Value, ValueArray } from '../types/value.ts'
import { table } from './define-table.ts'
import type { EvalEnv } from './function.ts'
import { int8Add } from './scalar/arithmetic.ts'
import { addInterval } from './scalar/interval-math.ts'
import { regexMatches, regexSplit } from './scalar/regex.ts'
import { stringToArray } from './scalar/text.ts'
import type { TableFunction } from './table-function.ts'

type Rows = Generator<Row, void, void>

function zeroStep(): SqlError {
  return new SqlError('22023', 'step size cannot equal zero')
}

function* integers(start: number | bigint, stop: number | bigint, step: number | bigint): Rows {
  if (step === 0) throw zeroStep()
  for (let value = start; step > 0 ? value <= stop : value >= stop; ) {
    yield [value]
    const next = typeof value === 'number' && typeof step === 'number' ? value + step : NaN
    if (Number.isSafeInteger(next)) value = next
    else {
      const wide = BigInt(value) + BigInt(step)
      // The next value would leave bigint: the series ends there.
      if (wide > 9223372036854775807n || wide < -9223372036854775808n) return
      value = int8Add(value, step)
    }
  }
}

/** Of `integers`: exact, as long as it is of interest. */
function seriesSize([start, stop, step = 1]: readonly Datum[]): number | null {
  const by = Number(step)
  if (by === 0) return null
  return Math.max(0, Math.floor((Number(stop) - Number(start)) / by) + 1)
}

function* numerics(start: Numeric, stop: Numeric, step: Numeric): Rows {
  for (const [value, name] of [
    [start, 'start'],
    [stop, 'stop'],
    [step, 'step size'],
  ] as const) {
    if (isSpecial(value))
      throw new SqlError(
        '22023',
        `${name}${name === 'step size' ? '' : ' value'} cannot be ${Number.isNaN(value.mantissa as number) ? 'NaN' : 'infinity'}`,
      )
  }
  const direction = compareNumeric(step, { mantissa: 0, scale: 0 })
  if (direction === 0) throw zeroStep()
  const stopped = (v: Numeric) => (direction > 0 ? compareNumeric(v, stop) > 0 : compareNumeric(v, stop) < 0)
  for (let value = start; !stopped(value); value = numericAdd(value, step)) yield [value]
}

function times(zoned: boolean): TableFunction['eval'] {
  return function* (args: readonly Datum[], env: EvalEnv): Rows {
    const [start, stop, step] = args as readonly [number | bigint, number | bigint, Interval]
    const direction = compareInterval(step, { months: 0, days: 0, micros: 0 })
    if (direction === 0) throw zeroStep()
    if (!Number.isFinite(Number(start))) throw new SqlError('22008', 'timestamp out of range')
    for (let value = start; direction > 0 ? value <= stop : value >= stop; ) {
      yield [value]
      value = addInterval(value, step, zoned ? env.timeZone : undefined)
    }
  }
}

/** Where every step has one length, and the step behind the last one is a time as well: else the call may fail there. */
function timesSize(args: readonly Datum[]): number | null {
  const [start, stop, step] = args as readonly [number | bigint, number | bigint, Interval]
  if (step.months !== 0 || step.days !== 0 || Number(step.micros) === 0) return null
  const ends = [start, stop].map(Number)
  if (!ends.every((end) => Number.isSafeInteger(end + Number(step.micros)))) return null
  return Math.max(0, Math.floor((ends[1] - ends[0]) / Number(step.micros)) + 1)
}

/** Without modifiers, as the results of functions are. */
const itemOf = ({ element }: SqlType): SqlType => (element === undefined ? { kind: 'text' } : withoutModifiers(element))

function* unnest(args: readonly Datum[]): Rows {
  for (const item of args[0] as ValueArray) yield [item]
}

/** Several arrays side by side: the shorter ones go on with NULLs. */
function* unnestAll(args: readonly Datum[]): Rows {
  const arrays = args.map((a) => (a === null ? [] : (a as ValueArray)))
  const count = Math.max(...arrays.map((a) => a.length))
  for (let i = 0; i < count; i++) yield arrays.map((a) => a[i] ?? null)
}

function subscripts(array: Value, dimension: number, reverse: boolean): Rows {
  const { dims, lower } = shapeOf(array)
  if (dimension < 1 || dimension > dims.length) return integers(1, 0, 1)
  const first = lower[dimension - 1]
  const last = first + dims[dimension - 1] - 1
  return reverse ? integers(last, first, -1) : integers(first, last, 1)
}

const series = 'generate_series'
const two = (args: readonly Datum[]) => args as readonly [number | bigint, number | bigint]
const three = (args: readonly Datum[]) => args as readonly [number | bigint, number | bigint, number | bigint]

export const TABLE_FUNCTIONS: readonly TableFunction[] = [
  table(`${series}(int4,int4) int4`, series, (args) => integers(...two(args), 1), {
    size: seriesSize,
  }),
  table(`${series}(int4,int4,int4) int4`, series, (args) => integers(...three(args)), {
    fallible: true,
    size: seriesSize,
  }),
  table(`${series}(int8,int8) int8`, series, (args) => integers(...two(args), 1), {
    size: seriesSize,
  }),
  table(`${series}(int8,int8,int8) int8`, series, (args) => integers(...three(args)), {
    fallible: true,
    size: seriesSize,
  }),
  table(
    `${series}(numeric,numeric) numeric`,
    series,
    (args) => numerics(args[0] as Numeric, args[1] as Numeric, { mantissa: 1, scale: 0 }),
    { fallible: true },
  ),
  table(
    `${series}(numeric,numeric,numeric) numeric`,
    series,
    (args) => numerics(...(args as readonly [Numeric, Numeric, Numeric])),
    { fallible: true },
  ),
  table(`${series}(timestamp,timestamp,interval) timestamp`, series, times(false), {
    fallible: true,
    size: timesSize,
  }),
  table(`${series}(timestamptz,timestamptz,interval) timestamptz`, series, times(true), {
    fallible: true,
    volatility: 'stable',
    size: timesSize,
  }),
  table('unnest(anyarray) any', (args) => [{ name: 'unnest', type: itemOf(args[0]), nullable: true }], unnest),
  table(
    'unnest(anymultirange) any',
    ([type]) => [{ name: 'unnest', type: rangeOf(subtypeOf(type)), nullable: true }],
    unnest,
  ),
  table(
    'unnest(anyarray,any) record',
    (args) => args.map((arg) => ({ name: 'unnest', type: itemOf(arg), nullable: true })),
    unnestAll,
    { strict: false, variadic: true },
  ),
  table(
    'regexp_split_to_table(text,text) text',
    'regexp_split_to_table',
    function* ([s, p]) {
      for (const part of regexSplit(s as string, p as string, '')) yield [part]
    },
    { fallible: true },
  ),
  table(
    'regexp_split_to_table(text,text,text) text',
    'regexp_split_to_table',
    function* ([s, p, flags]) {
      for (const part of regexSplit(s as string, p as string, flags as string)) yield [part]
    },
    { fallible: true },
  ),
  table('regexp_matches(text,text) text[]', 'regexp_matches', ([s, p]) => regexMatches(s as string, p as string, ''), {
    fallible: true,
  }),
  table(
    'regexp_matches(text,text,text) text[]',
    'regexp_matches',
    ([s, p, flags]) => regexMatches(s as string, p as string, flags as string),
    { fallible: true },
  ),
  table(
    'generate_subscripts(anyarray,int4) int4',
    'generate_subscripts',
    ([a, dimension]) => subscripts(a as Value, dimension as number, false),
    { shapes: true },
  ),
  table(
    'generate_subscripts(anyarray,int4,bool) int4',
    'generate_subscripts',
    ([a, dimension, reverse]) => subscripts(a as Value, dimension as number, reverse as boolean),
    { shapes: true },
  ),
  table(
    'pg_options_to_table(text[]) record',
    () => [
      { name: 'option_name', type: { kind: 'text' }, nullable: true },
      { name: 'option_value', type: { kind: 'text' }, nullable: true },
    ],
    function* ([options]) {
      for (const option of options as readonly string[]) {
        const at = option.indexOf('=')
        yield at < 0 ? [option, null] : [option.slice(0, at), option.slice(at + 1)]
      }
    },
    { volatility: 'stable' },
  ),
  // Nothing is partitioned: a relation's tree is the relation.
  table(
    'pg_partition_tree(regclass) record',
    () => [
      { name: 'relid', type: { kind: 'regclass' }, nullable: true },
      { name: 'parentrelid', type: { kind: 'regclass' }, nullable: true },
      { name: 'isleaf', type: { kind: 'bool' }, nullable: true },
      { name: 'level', type: { kind: 'int4' }, nullable: true },
    ],
    function* ([relation]) {
      yield [relation, null, true, 0]
    },
    { volatility: 'stable' },
  ),
  table('pg_partition_ancestors(regclass) regclass', 'pg_partition_ancestors', function* () {}, {
    volatility: 'stable',
  }),
  // NULL instead of a separator: each character.
  table(
    'string_to_table(text,text) text',
    'string_to_table',
    function* ([s, d]) {
      if (s !== null) for (const part of stringToArray(s as string, d as string | null, null)) yield [part]
    },
    { strict: false },
  ),
  table(
    'string_to_table(text,text,text) text',
    'string_to_table',
    function* ([s, d, none]) {
      if (s !== null)
        for (const part of stringToArray(s as string, d as string | null, none as string | null)) yield [part]
    },
    { strict: false },
  ),
]
