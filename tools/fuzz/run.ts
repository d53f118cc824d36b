import { Choices } from './choices.ts'
import { compare, type Difference, queryOf, type World, worldOf } from './experiment.ts'
import type { Pair } from './pair.ts'
import { asTest, explained } from './report.ts'
import { shrink } from './shrink.ts'

/** Random queries over random tables under random changes, beside PostgreSQL. */
export interface Fuzzing {
  readonly pair: Pair
  /** Of the first world; the others follow. */
  readonly seed: number
  readonly queries: number
  readonly batches: number
  /** Asked between worlds. */
  readonly goOn: () => boolean
  readonly onFinding: (finding: Finding) => void
}

export interface Finding {
  readonly seed: number
  readonly explanation: string
  /** A file of SQL tests, as small as shrinking made it. */
  readonly test: string
}

export interface Totals {
  worlds: number
  compared: number
  findings: number
  readonly failures: Map<string, number>
  readonly refused: Map<string, number>
  readonly used: Map<string, number>
}

export async function fuzz({ pair, seed, queries, batches, goOn, onFinding }: Fuzzing): Promise<Totals> {
  const totals: Totals = {
    worlds: 0,
    compared: 0,
    findings: 0,
    failures: new Map(),
    refused: new Map(),
    used: new Map(),
  }
  for (let at = seed; goOn(); at++) {
    const worldChoices = Choices.seeded(at)
    const world = worldOf(worldChoices, batches)
    const made = Array.from({ length: queries }, (_, i) => {
      const choices = Choices.seeded(Math.imul(at, 1_000_003) + i, totals.used)
      return { sql: queryOf(world, choices), taken: choices.taken }
    })
    const verdict = await compare(
      pair,
      world,
      made.map(({ sql }) => sql),
    )
    totals.worlds++
    totals.compared += verdict.compared
    for (const text of verdict.failures) count(totals.failures, text)
    for (const text of verdict.refused) count(totals.refused, text)
    for (const difference of verdict.differences) {
      totals.findings++
      onFinding({
        seed: at,
        ...(await smallest(pair, world, worldChoices.taken, made[difference.query]!.taken, difference)),
      })
    }
  }
  return totals
}

const count = (counts: Map<string, number>, text: string): void => {
  counts.set(text, (counts.get(text) ?? 0) + 1)
}

/** Shrinks the query first, then the tables and changes; what is looked for is any difference of the same way. */
async function smallest(
  pair: Pair,
  world: World,
  worldTaken: readonly number[],
  queryTaken: readonly number[],
  first: Difference,
): Promise<Omit<Finding, 'seed'>> {
  let found = { world, sql: queryOf(world, Choices.played(queryTaken)), difference: first }
  const fails = async (ofWorld: readonly number[], ofQuery: readonly number[]): Promise<boolean> => {
    const tried = worldOf(Choices.played(ofWorld), first.batch)
    const sql = queryOf(tried, Choices.played(ofQuery))
    const { differences } = await compare(pair, tried, [sql])
    const difference = differences.find(({ way }) => way === first.way)
    if (difference === undefined) return false
    found = { world: tried, sql, difference }
    return true
  }
  const query = await shrink(queryTaken, (taken) => fails(worldTaken, taken))
  await shrink(worldTaken, (taken) => fails(taken, query))
  return { explanation: explained(found.difference), test: asTest(found.world, found.sql, found.difference) }
}
