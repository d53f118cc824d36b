import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { INLINE_BAIL } from '../functions/inline-helpers.ts'
import type { Scalar } from '../plan/scalar.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { FLOAT8, INTERVAL, type SqlType, TIMESTAMP, TIMESTAMPTZ } from '../types/sql-type.ts'
import type { Interval } from '../types/value.ts'
import { compileRow } from './closure.ts'
import { makeFrame } from './compile-context.ts'
import { numberCall } from './fixed-interval.ts'
import { CONTEXT } from './testing/harness.ts'

type Call = Extract<Scalar, { kind: 'call' }>

const call = (fn: string, args: Scalar[], type: SqlType): Call => ({ kind: 'call', fn, args, type, position: -1 })
const column = (index: number, type: SqlType): Scalar => ({ kind: 'column', index, type })
const constant = (value: number | Interval, type: SqlType): Scalar => ({ kind: 'const', value, type })

/** Every call that has a form over numbers, of one interval and one origin. */
function callsOf(interval: Interval, origin: number): Call[] {
  const step = constant(interval, INTERVAL)
  const scaled = [
    call('mul_d_interval(float8,interval)', [column(1, FLOAT8), step], INTERVAL),
    call('interval_mul(interval,float8)', [step, column(1, FLOAT8)], INTERVAL),
  ]
  const kinds = [
    [TIMESTAMP, 'timestamp'],
    [TIMESTAMPTZ, 'timestamptz'],
  ] as const
  return kinds.flatMap(([type, name]) => [
    call(`date_bin(interval,${name},${name})`, [step, column(0, type), constant(origin, type)], type),
    ...[step, ...scaled].flatMap((by) => [
      call(`${name}_pl_interval(${name},interval)`, [column(0, type), by], type),
      call(`interval_pl_${name}(interval,${name})`, [by, column(0, type)], type),
      call(`${name}_mi_interval(${name},interval)`, [column(0, type), by], type),
    ]),
  ])
}

const DAY = 86_400_000_000
const micros = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map((n) => n * 1_000_000),
  fc.integer({ min: -20, max: 20 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53 - 1, 1 - 2 ** 53, DAY, -DAY),
)
const interval = fc.record({
  months: fc.constantFrom(0, 0, 0, 1),
  days: fc.constantFrom(0, 0, 1, -2),
  micros: fc.oneof(fc.integer({ min: -3, max: 10 }), fc.constantFrom(1_000_000, 7_000_000, 3 * DAY, 2 ** 52)),
})
const factor = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0.5, 1 / 3, 1e15, Number.NaN, Infinity))

it('calls of constant intervals agree with the reference wherever they answer', () => {
  let answered = 0
  fc.assert(
    fc.property(micros, factor, interval, micros, (value, by, step, origin) => {
      const { cols } = batchFromRows([TIMESTAMP, FLOAT8], [[value, by]])
      for (const scalar of callsOf(step, origin)) {
        const numbers = numberCall(scalar)
        if (numbers === null) continue
        const args = numbers.args.map((arg) => compileRow(arg, CONTEXT)(cols, 0, makeFrame(CONTEXT.env)) as number)
        let found: number
        try {
          found = numbers.run(args[0], args[1])
        } catch (error) {
          if (error !== INLINE_BAIL) throw error
          continue
        }
        answered++
        expect([scalar.fn, found]).toEqual([scalar.fn, reference(scalar, cols)])
      }
    }),
    { numRuns: 3000 },
  )
  expect(answered).toBeGreaterThan(10_000)
})

function reference(scalar: Scalar, cols: Parameters<ReturnType<typeof compileRow>>[0]) {
  try {
    return compileRow(scalar, CONTEXT)(cols, 0, makeFrame(CONTEXT.env))
  } catch (error) {
    if (error instanceof SqlError) return error.message
    throw error
  }
}

it('windows of constant intervals are numbers; months, and days with a zone, are not', () => {
  const hour = { months: 0, days: 0, micros: 3_600_000_000 }
  const formed = (step: Interval) =>
    callsOf(step, 0)
      .filter((scalar) => numberCall(scalar) !== null)
      .map((scalar) => scalar.fn)
  expect(formed(hour)).toHaveLength(20)
  expect(formed({ ...hour, months: 1 })).toEqual([])
  expect(new Set(formed({ ...hour, days: 1 }))).toEqual(
    new Set([
      'date_bin(interval,timestamp,timestamp)',
      'timestamp_pl_interval(timestamp,interval)',
      'interval_pl_timestamp(interval,timestamp)',
      'timestamp_mi_interval(timestamp,interval)',
      'date_bin(interval,timestamptz,timestamptz)',
    ]),
  )
})
