import type { Choices } from './choices.ts'
import { failed, type Outcome, type Pair } from './pair.ts'
import { randomQuery } from './query.ts'
import { changes, createTable, firstRows, type Present, randomTables, type Table } from './tables.ts'

/** Tables, their rows and batches of changes, all made of one sequence. */
export interface World {
  readonly tables: readonly Table[]
  readonly ddl: readonly string[]
  readonly rows: readonly string[]
  readonly batches: readonly (readonly string[])[]
}

export function worldOf(choices: Choices, batchCount: number): World {
  const tables = randomTables(choices)
  const ddl = tables.map((table) => createTable(table, choices))
  const present: Present = new Map()
  const rows = firstRows(tables, present, choices)
  const batches = Array.from({ length: batchCount }, () => changes(tables, present, choices))
  return { tables, ddl, rows, batches }
}

export const queryOf = (world: World, choices: Choices): string => randomQuery(world.tables, choices)

/** Where both differ: `batch` is how many batches were applied, from 0. */
export interface Difference {
  readonly query: number
  readonly batch: number
  readonly way: 'pull' | 'view' | 'types'
  readonly wanted: Outcome
  readonly found: Outcome
}

/** What became of the queries of one world. */
export interface Verdict {
  readonly differences: readonly Difference[]
  /** Queries × batches compared, pulled and as a view. */
  readonly compared: number
  /** Queries that PostgreSQL itself refuses or fails. */
  readonly failures: readonly string[]
  /** By us, with 0A000: the feature. */
  readonly refused: readonly string[]
}

/** Runs the queries beside PostgreSQL, pulled and as views, after each batch. A query ends at its first difference. */
export async function compare(pair: Pair, world: World, queries: readonly string[]): Promise<Verdict> {
  const differences: Difference[] = []
  const failures: string[] = []
  const refused: string[] = []
  let compared = 0
  await pair.begin()
  for (const sql of [...world.ddl, ...world.rows]) await onBoth(pair, sql)
  const open = new Map<number, { readonly sql: string; view: boolean }>()
  for (const [query, sql] of queries.entries()) {
    const reference = await pair.postgres(sql)
    if (failed(reference)) {
      failures.push(`${reference.sqlstate} ${reference.message}`)
      continue
    }
    const answer = await pair.millrace(sql)
    if (failed(answer) && answer.sqlstate === '0A000') {
      refused.push(answer.message)
      continue
    }
    if (!failed(answer) && answer.oids.join() !== reference.oids.join()) {
      differences.push({ query, batch: 0, way: 'types', wanted: reference, found: answer })
      continue
    }
    const view = await pair.millrace(`CREATE MATERIALIZED VIEW v${query} AS ${sql}`)
    if (failed(view) && view.sqlstate !== '0A000') {
      differences.push({ query, batch: 0, way: 'view', wanted: reference, found: view })
      continue
    }
    if (failed(view)) refused.push(`in a view: ${view.message}`)
    open.set(query, { sql, view: !failed(view) })
  }
  for (let batch = 0; batch <= world.batches.length; batch++) {
    for (const sql of world.batches[batch - 1] ?? []) await onBoth(pair, sql)
    for (const [query, { sql, view }] of open) {
      const wanted = await pair.postgres(sql)
      // Which of a row's errors is met, and whether at all, is the executor's choice.
      if (failed(wanted)) {
        failures.push(`${wanted.sqlstate} ${wanted.message}`)
        continue
      }
      const answers = [['pull', await pair.millrace(sql)] as const]
      if (view) answers.push(['view', await pair.millrace(`SELECT * FROM v${query}`)] as never)
      compared++
      for (const [way, found] of answers)
        if (failed(found) || folded(found.rows) !== folded(wanted.rows)) {
          differences.push({ query, batch, way, wanted, found })
          open.delete(query)
          break
        }
    }
  }
  return { differences, compared, failures, refused }
}

async function onBoth(pair: Pair, sql: string): Promise<void> {
  for (const side of ['postgres', 'millrace'] as const) {
    const outcome = await pair[side](sql)
    if (failed(outcome)) throw new Error(`${side}: ${outcome.sqlstate} ${outcome.message}: ${sql}`)
  }
}

/** Rows without their order. */
export const folded = (rows: readonly (readonly (string | null)[])[]): string =>
  rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n')
