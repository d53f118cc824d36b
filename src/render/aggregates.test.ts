import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AGGREGATES } from '../functions/aggregates.ts'
import { isPoly } from '../functions/define.ts'
import type { AggregateFunction, ArgType } from '../functions/function.ts'
import type { PhysicalAggregate, PhysicalPlan } from '../plan/physical.ts'
import { createState } from '../state/factory.ts'
import { memoryPager } from '../state/memory-pager.testkit.ts'
import {
  arrayOf,
  BOOL,
  BYTEA,
  DATE,
  FLOAT4,
  FLOAT8,
  INT2,
  INT4,
  INT8,
  INTERVAL,
  NUMERIC,
  type SqlType,
  TEXT,
} from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import { type Change, Harness } from './testing/harness.ts'
import { node, planOf } from './testing/random-plan.ts'
import { type Gen, pickFrom, VALUES } from './testing/random-scalar.ts'

/** Every aggregate of the table over rows that come, come twice and go: as if it had just been asked for what is there. */
const interval = (months: number, days: number, micros: number) => ({ months, days, micros })
const COLUMNS: readonly (readonly [type: SqlType, values: readonly Datum[]])[] = [
  [INT4, [0, 1, 2]],
  [BOOL, VALUES.bool],
  [INT2, [null, 1, -2, 32767]],
  [INT4, VALUES.int4],
  [INT8, [null, 1, -5, 2n ** 62n, -(2n ** 63n)]],
  [FLOAT4, [null, 1.5, -0.25, 0]],
  [FLOAT8, VALUES.float8],
  [FLOAT8, [null, 1, 2, -3.5, 1e-200]],
  [NUMERIC, VALUES.numeric],
  [TEXT, VALUES.text],
  [BYTEA, [null, Uint8Array.of(1), Uint8Array.of(2, 3)]],
  [DATE, [null, 0, 19000, Infinity]],
  [INTERVAL, [null, interval(1, 0, 0), interval(0, 3, 0), interval(0, -1, 3_600_000_001)]],
  [arrayOf(INT4), [null, [], [1, 2], [1, null]]],
]
const TYPES = COLUMNS.map(([type]) => type)

/** Columns that an argument of a type may be; of any type the texts and the integers. */
function columnsFor(arg: ArgType): number[] {
  const fits = (type: SqlType): boolean => {
    if (isPoly(arg)) return arg.poly === 'anyarray' ? type.kind === 'array' : ['text', 'int4'].includes(type.kind)
    return type.kind === arg.kind
  }
  return TYPES.flatMap((type, c) => (c > 0 && fits(type) ? [c] : []))
}

function callOf(g: Gen, fn: AggregateFunction): PhysicalAggregate | null {
  const within = fn.form === 'within' || fn.form === 'hypothetical'
  const sorted = within ? fn.args.slice(-1) : []
  const plain = within ? [] : fn.args
  if ([...sorted, ...plain].some((arg) => columnsFor(arg).length === 0)) return null
  const args = plain.map((arg) => pickFrom(g, columnsFor(arg)))
  const by = within ? sorted.map((arg) => pickFrom(g, columnsFor(arg))) : []
  if ((fn.ordered || fn.strategy.startsWith('a')) && g(fc.boolean)) by.push(3, 9)
  const order = by.map((column) => ({ column, desc: g(fc.boolean), nullsFirst: g(fc.boolean) }))
  const types = args.map((c) => TYPES[c])
  const direct = within ? directOf(g, fn, TYPES[by[0]]) : undefined
  const argTypes = within ? [...(direct ?? []).map(() => FLOAT8), TYPES[by[0]]] : types
  return {
    fn: fn.id,
    args,
    distinct: !within && args.length > 0 && order.length === 0 && g(fc.nat, { max: 2 }) === 0,
    filter: g(fc.nat, { max: 2 }) === 0 ? 1 : null,
    order,
    ...(direct && { direct }),
    type: resultOf(fn, argTypes, direct),
  }
}

function directOf(g: Gen, fn: AggregateFunction, type: SqlType): { value: Datum }[] {
  if (fn.form === 'hypothetical') return [{ value: pickFrom(g, VALUES[type.kind]) }]
  if (fn.args.length === 1) return []
  const array = 'kind' in fn.args[0] && fn.args[0].kind === 'array'
  const fractions = array ? [[0.25, null, 1]] : [0, 0.3, 0.5, 1]
  const value = pickFrom<Datum>(g, fn.name.startsWith('topk') ? [0, 1, 3] : fractions)
  return [{ value }, ...fn.args.slice(2).map(() => ({ value: 0.01 }))]
}

function resultOf(fn: AggregateFunction, args: readonly SqlType[], direct?: readonly { value: Datum }[]): SqlType {
  if (typeof fn.returns === 'function') return fn.returns(args)
  if (!isPoly(fn.returns)) return fn.returns
  const own = direct ? args[args.length - 1] : args[0]
  return fn.returns.poly === 'anyarray' && own.kind !== 'array' ? arrayOf(own) : own
}

function planFor(call: PhysicalAggregate, keys: readonly number[]): PhysicalPlan {
  const types = [...keys.map((k) => TYPES[k]), call.type]
  return planOf([
    node({ op: 'get', object: 1, columns: TYPES.map((_, c) => c) }, TYPES),
    node({ op: 'aggregate', input: 0, keys, aggregates: [call], forms: 'all' }, types),
  ])
}

const RUNS = Number(process.env['MILLRACE_TEST_RUNS'] ?? 3)
const OBJECTS = new Map([[1, TYPES]])

function check(g: Gen, fn: AggregateFunction): void {
  const call = callOf(g, fn)
  if (call === null) return
  const plan = planFor(call, g(fc.boolean) ? [0] : [])
  const state = createState({ pager: memoryPager() })
  const harness = new Harness(plan, OBJECTS, state)
  const present: Row[] = []
  // What the naive one cannot: intervals, bytes, and arrays of arrays, which may be no array.
  const naive =
    fn.id !== 'array_agg(anyarray)' &&
    ![...call.args, ...call.order.map(({ column }) => column)].some((c) =>
      ['interval', 'bytea'].includes(TYPES[c].kind),
    )
  for (let tick = 0; tick < 5; tick++) {
    const changes: Change[] = []
    for (let k = g(fc.nat, { max: 6 }); k > 0; k--) {
      const old = present.length > 0 && g(fc.nat, { max: 2 }) > 0 ? g(fc.nat, { max: present.length - 1 }) : -1
      if (old >= 0 && g(fc.boolean)) changes.push({ object: 1, row: present.splice(old, 1)[0], diff: -1 })
      else {
        const row = old >= 0 ? present[old] : COLUMNS.map(([, values]) => pickFrom(g, values))
        present.push(row)
        changes.push({ object: 1, row, diff: 1 })
      }
    }
    harness.step(changes)
    const anew = new Harness(plan, OBJECTS)
    anew.step(present.map((row) => ({ object: 1, row, diff: 1 })))
    expect(harness.rows.text()).toBe(anew.rows.text())
    expect(harness.errors.text()).toBe(anew.errors.text())
    if (naive) expect(harness.rows.text()).toBe(harness.expected().rows.text())
    if (g(fc.boolean)) state.evict()
    if (g(fc.nat, { max: 3 }) === 0) harness.restart()
  }
}

const titled = AGGREGATES.map((fn) => [`${fn.id}${fn.form === undefined ? '' : ` (${fn.form})`}`, fn] as const)

describe('an aggregate is at every tick what it would be, asked anew', () => {
  it.each(titled)('%s', (_, fn) => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g, fn)),
      { numRuns: RUNS },
    )
  })
})
