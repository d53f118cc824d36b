import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assert } from '../base/assert.ts'
import type { CatalogEntry } from '../catalog/entry.ts'
import type { Logical } from '../plan/logical.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { type Change, Harness } from '../render/testing/harness.ts'
import { anyDatum, type Gen, pickFrom } from '../render/testing/random-scalar.ts'
import { choose } from '../sql/choose/choose.ts'
import { RULES } from '../sql/optimise/optimise.ts'
import { planFacts } from '../sql/statement/env.ts'
import { catalogOf, planRead } from '../sql/testing/planner.ts'
import { statisticsOf } from '../sql/testing/statistics.ts'
import type { Field, SqlType } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'

/**
 * Each rule of the planner on each of its examples (sql/goldens/rule-*.golden): the plan before and the plan after hold
 * the same rows after every batch of random changes, NULLs, duplicates and retractions among them.
 */
const FOLDER = join(import.meta.dirname, '../sql/goldens')
const catalog = catalogOf(readFileSync(join(FOLDER, 'schema.sql'), 'utf8'))
const facts = planFacts(catalog, statisticsOf(catalog))
const RUNS = Number(process.env['MILLRACE_TEST_RUNS'] ?? 12)

interface Relation {
  readonly id: number
  readonly row: readonly Field[]
  readonly key: readonly number[] | null
  readonly grows: boolean
}

const RELATIONS: readonly Relation[] = [...catalog.all()].flatMap((entry) => relationOf(entry) ?? [])

function relationOf(entry: CatalogEntry): Relation | null {
  const key = facts.primaryKey(entry.id)
  if (entry.kind === 'table') {
    const row = entry.columns.map(({ name, type, notNull }) => ({ name, type, nullable: !notNull }))
    return { id: entry.id, row, key, grows: false }
  }
  if (entry.kind === 'source') return { id: entry.id, row: entry.rowType, key, grows: facts.appendOnly(entry.id) }
  return entry.kind === 'materializedView' ? { id: entry.id, row: entry.rowType, key, grows: false } : null
}

const TYPES = new Map(RELATIONS.map(({ id, row }) => [id, row.map((f) => f.type)]))

/** Few values, so that rows meet: those that the examples compare with, and their neighbours. */
const VALUES: Readonly<Record<string, readonly Datum[]>> = {
  int4: [null, 0, 1, 2, 3, 7, 9],
  int8: [null, 0, 1, 2, 3, 7],
  text: [null, 'eu', 'us', 'a', 'b', ''],
  timestamptz: [null, 0, 1_000_000, 1_700_000_000_000_000],
  timestamp: [null, 0, 86_400_000_000, 1_700_000_000_000_000],
  date: [null, 0, 1, 19_000, 19_675, 19_676],
  numeric: [null, { mantissa: 0, scale: 2 }, { mantissa: 1500, scale: 2 }, { mantissa: -225, scale: 2 }],
}

function anyValue(g: Gen, { type, nullable }: Field): Datum {
  const values = VALUES[type.kind]
  const value =
    values === undefined ? anyDatum(g, type) : pickFrom(g, nullable ? values : values.filter((v) => v !== null))
  assert(value !== null || nullable, `the test knows values of type ${type.kind}`)
  return value
}

/** Rows come, some twice, and go; where there is a key, one row each. */
function anyChanges(g: Gen, present: Map<number, Row[]>): Change[] {
  return Array.from({ length: g(fc.nat, { max: 6 }) }, () => {
    const { id, row, key, grows } = pickFrom(g, RELATIONS)
    const rows = present.get(id) ?? []
    present.set(id, rows)
    if (rows.length > 0 && !grows && g(fc.nat, { max: 2 }) === 0) {
      const [gone] = rows.splice(g(fc.nat, { max: rows.length - 1 }), 1)
      return { object: id, row: gone, diff: -1 }
    }
    const made = row.map((field) => anyValue(g, field))
    const same = key && rows.findIndex((other) => key.every((c) => other[c] === made[c]))
    if (same !== null && same >= 0) return { object: id, row: rows.splice(same, 1)[0], diff: -1 }
    rows.push(made)
    return { object: id, row: made, diff: 1 }
  })
}

function stepsOf(file: string): readonly string[] {
  const text = readFileSync(join(FOLDER, file), 'utf8').trimEnd()
  return text.split('\n====\n').map((block) => block.split('\n----\n')[0].trim())
}

const physical = (plan: Logical): PhysicalPlan => choose(plan, { ...facts, maintained: true })

describe('the plan before a rule and the plan after it hold the same rows at every tick', () => {
  const files = readdirSync(FOLDER).filter((file) => file.startsWith('rule-'))
  test.each(files)('%s', (file) => {
    const i = RULES.findIndex(({ name }) => file === `rule-${name}.golden`)
    for (const sql of stepsOf(file)) {
      const before = RULES.slice(0, i).reduce<Logical>((p, r) => r.apply(p, facts), planRead(sql, catalog).raw)
      const plans = [before, RULES[i].apply(before, facts)].map(physical)
      const types: ReadonlyMap<number, readonly SqlType[]> = TYPES
      fc.assert(
        fc.property(fc.gen(), (g) => {
          const [first, second] = plans.map((plan) => new Harness(plan, types))
          const present = new Map<number, Row[]>()
          for (let tick = 0; tick < 5; tick++) {
            const changes = anyChanges(g, present)
            first.step(changes)
            second.step(changes)
            // An error that only the plan before raises is as good as none (rule.ts).
            if (first.errors.text() === '') {
              expect(second.errors.text(), sql).toBe('')
              expect(second.rows.text(), sql).toBe(first.rows.text())
            }
          }
        }),
        { numRuns: RUNS },
      )
    }
  })
})
