import type { Datum, Interval } from '../../types/value.ts'
import { defEnv } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { addInterval } from './interval-math.ts'

type Time = number | bigint

const DAY = 86_400_000_000

/** Times of a period; what is missing is unknown, not without an end. */
type Period = readonly [Time | null, Time | null]

/** Begin before end; of two times one of which is unknown the known one is the begin. */
function ordered([a, b]: Period): Period {
  if (a === null) return [b, null]
  return b !== null && a > b ? [b, a] : [a, b]
}

/** SQL's OVERLAPS: periods hold their begin and not their end, but for those of no length. */
function overlaps(x: Period, y: Period): boolean | null {
  const [begin1, end1] = ordered(x)
  const [begin2, end2] = ordered(y)
  if (begin1 === null || begin2 === null) return null
  // Times may be numbers or bigints: equal ones are neither below nor above each other.
  if (begin1 > begin2) {
    if (end2 === null) return null
    if (begin1 < end2) return true
    return end1 === null ? null : false
  }
  if (begin1 < begin2) {
    if (end1 === null) return null
    if (begin2 < end1) return true
    return end2 === null ? null : false
  }
  return end1 === null || end2 === null ? null : true
}

/** How a time type moves by an interval. */
const KINDS: Readonly<Record<string, (time: Time, by: Interval, env: EvalEnv) => Time>> = {
  timestamp: (time, by) => addInterval(time, by, undefined),
  timestamptz: (time, by, env) => addInterval(time, by, env.timeZone),
  time: (time, by) => (((Number(time) + Number(by.micros)) % DAY) + DAY) % DAY,
}

const EXAMPLES: Readonly<Record<string, readonly [begin: string, end: string]>> = {
  timestamp: ["'2024-01-01 10:00'::timestamp", "'2024-01-01 11:00'::timestamp"],
  timestamptz: ["'2024-01-01 10:00+00'::timestamptz", "'2024-01-01 11:00+00'::timestamptz"],
  time: ["'10:00'::time", "'11:00'::time"],
}

/** `(a, b) OVERLAPS (c, d)`, where b and d are times, or lengths from the begin on. */
export const overlapsFunctions: readonly ScalarFunction[] = Object.entries(KINDS).flatMap(([kind, add]) =>
  [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ].map((lengths) => {
    const types = lengths.flatMap((length) => [kind, length ? 'interval' : kind])
    const period = (args: readonly Datum[], i: number, env: EvalEnv): Period => {
      const begin = args[2 * i] as Time | null
      const end = args[2 * i + 1]
      if (!lengths[i]) return [begin, end as Time | null]
      return [begin, begin === null || end === null ? null : add(begin, end as Interval, env)]
    }
    const [begin, end] = EXAMPLES[kind]
    const sides = lengths.map((length) => `${begin}, ${length ? "'1 hour'::interval" : end}`)
    return defEnv(
      `overlaps(${types.join(',')}) bool`,
      (args, env) => overlaps(period(args, 0, env), period(args, 1, env)),
      {
        strict: false,
        fallible: lengths.includes(true) && kind !== 'time',
        volatility: lengths.includes(true) && kind === 'timestamptz' ? 'stable' : 'immutable',
        example: [`overlaps(${sides.join(', ')})`, 't'],
      },
    )
  }),
)
