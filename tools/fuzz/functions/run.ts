import { Choices } from '../choices.ts'
import { failed, type Outcome, type Pair } from '../pair.ts'
import { type Call, callOf, overRows } from './calls.ts'
import { exceptionFor } from './exceptions.ts'
import { CATALOG_QUERY, type Callable, callables } from './rows.ts'

/** Functions, operators, casts and aggregates called at random beside PostgreSQL. */
export interface FunctionFuzzing {
  readonly pair: Pair
  readonly seed: number
  /** Calls of each row in one round. */
  readonly callsEach: number
  /** Rows that are called: all without it. */
  readonly only?: (of: Callable) => boolean
  /** Asked before each round. */
  readonly goOn: () => boolean
  readonly onDifference: (difference: Difference) => void
}

export interface Difference {
  readonly call: Call
  readonly sql: string
  readonly timeZone: string
  readonly wanted: Outcome
  readonly found: Outcome
}

export interface FunctionTotals {
  calls: number
  readonly rows: number
  differences: number
  /** Calls that PostgreSQL answered with a value; the others with an error. */
  answered: number
  readonly excepted: Map<string, number>
}

const TIME_ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/Berlin']

export async function fuzzFunctions(fuzzing: FunctionFuzzing): Promise<FunctionTotals> {
  const { pair, seed, callsEach, only, goOn, onDifference } = fuzzing
  await pair.begin()
  const catalog = await pair.postgres(CATALOG_QUERY)
  if (failed(catalog)) throw new Error(catalog.message)
  const rows = callables(new Set(catalog.rows.map(([text]) => text!))).filter((row) => only?.(row) ?? true)
  const totals: FunctionTotals = { calls: 0, rows: rows.length, differences: 0, answered: 0, excepted: new Map() }
  for (let round = 0; goOn(); round++) {
    const choices = Choices.seeded(seed + round)
    const timeZone = choices.one(TIME_ZONES)
    for (const side of ['postgres', 'millrace'] as const) await pair[side](`SET TimeZone = '${timeZone}'`)
    const judge = (call: Call, sql: string, wanted: Outcome, found: Outcome, calls: number): void => {
      totals.calls += calls
      if (!failed(wanted)) totals.answered += calls
      if (same(wanted, found)) return
      const exception = exceptionFor(call, wanted, found)
      if (exception !== undefined) {
        totals.excepted.set(exception.name, (totals.excepted.get(exception.name) ?? 0) + 1)
        return
      }
      totals.differences++
      onDifference({ call, sql, timeZone, wanted, found })
    }
    for (const row of rows) await round1(pair, row, callsEach, choices, judge)
  }
  return totals
}

type Judge = (call: Call, sql: string, wanted: Outcome, found: Outcome, calls: number) => void

/** Each call by itself, then those that gave a value once more over the rows of one table. */
async function round1(pair: Pair, row: Callable, count: number, choices: Choices, judge: Judge): Promise<void> {
  const again: Call[] = []
  for (let i = 0; i < count; i++) {
    const call = callOf(row, choices)
    const [wanted, found] = await Promise.all([pair.postgres(call.sql), pair.millrace(call.sql)])
    judge(call, call.sql, wanted, found, 1)
    if (
      call.row !== null &&
      call.row.length === row.args.length &&
      row.args.length > 0 &&
      !failed(wanted) &&
      same(wanted, found)
    )
      again.push(call)
  }
  const types = new Map<string, Call[]>()
  for (const call of again) {
    const key = call.row!.map((arg) => arg.replace(/^.*::/s, '')).join()
    types.set(key, [...(types.get(key) ?? []), call])
  }
  for (const calls of types.values()) {
    if (calls.length < 2) continue
    const sql = overRows(
      row,
      calls.map((call) => call.row!),
    )
    judge(calls[0]!, sql, await pair.postgres(sql), await pair.millrace(sql), calls.length)
  }
}

export function same(wanted: Outcome, found: Outcome): boolean {
  if (failed(wanted)) return failed(found) && wanted.sqlstate === found.sqlstate && wanted.message === found.message
  return (
    !failed(found) &&
    wanted.oids.join() === found.oids.join() &&
    JSON.stringify(wanted.rows) === JSON.stringify(found.rows)
  )
}

export function told({ sql, timeZone, wanted, found }: Difference): string {
  return `${sql}\n  -- time zone ${timeZone}\n  PostgreSQL: ${outcome(wanted)}\n  Millrace:   ${outcome(found)}\n`
}

const outcome = (of: Outcome): string =>
  failed(of) ? `${of.sqlstate} ${of.message}` : `${JSON.stringify(of.rows).slice(0, 2_000)} ${of.oids.join()}`
