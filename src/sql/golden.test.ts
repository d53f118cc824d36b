import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Logical } from '../plan/logical.ts'
import type { StoredRelations } from './estimate.ts'
import { explainJson, explainLogical, explainPhysical, finishingText } from './explain.ts'
import { graphText, logicalGraph, physicalGraph } from './explain-graph.ts'
import { estimateNotes } from './explain-state.ts'
import { RULES } from './optimise/optimise.ts'
import { planFacts } from './statement/env.ts'
import { catalogOf, planRead } from './testing/planner.ts'
import { statisticsOf } from './testing/statistics.ts'

/**
 * Plans as text. A golden file holds SQL, a line `----` and the text, blocks parted by a line `====`.
 * `UPDATE_GOLDENS=1` writes the texts anew; what changed is then read in the diff.
 */
const FOLDER = join(import.meta.dirname, 'goldens')
const catalog = catalogOf(readFileSync(join(FOLDER, 'schema.sql'), 'utf8'))
const update = process.env['UPDATE_GOLDENS'] === '1'

function check(file: string, render: (sql: string) => string): void {
  const path = join(FOLDER, file)
  const blocks = readFileSync(path, 'utf8').trimEnd().split('\n====\n')
  const results = blocks.map((block) => {
    const [sql] = block.split('\n----\n')
    return `${sql.trimEnd()}\n----\n${render(sql.trim())}`
  })
  const text = `${results.join('\n====\n')}\n`
  if (update) writeFileSync(path, text)
  expect(text).toBe(readFileSync(path, 'utf8'))
}

const nameOf = (id: number): string => catalog.byId(id)?.name ?? ''

/** Rows of the schema's relations; orders is a stream. */
const ROWS: Readonly<Record<string, number>> = { accounts: 1_000, edges: 500_000, s: 20_000, revenue: 100 }
const STORED: StoredRelations = {
  rows: (object) => ROWS[nameOf(object)] ?? null,
  key: (object) => (nameOf(object) === 'accounts' ? [0] : null),
}

const STAGED = /^EXPLAIN (?:(RAW|PHYSICAL|ESTIMATED|JSON|MERMAID|DOT|DOT LOGICAL) PLAN FOR )?/

/** The plan of the query at the stage that the block names; the optimised one without a name. */
function explain(block: string): string {
  const stage = STAGED.exec(block)?.[1]
  const { request, raw, optimised } = planRead(block.replace(STAGED, ''), catalog)
  const { order, limit } = request.finishing
  const names = optimised.rowType.map((f) => f.name)
  const finish = order.length > 0 || limit !== null ? `${finishingText(request.finishing, names)}\n` : ''
  if (stage === 'JSON') return explainJson(optimised)
  if (stage === 'DOT LOGICAL') return graphText(logicalGraph(optimised), 'DOT')
  const { plan } = request
  if (stage === 'DOT' || stage === 'MERMAID') {
    return graphText(physicalGraph(plan, nameOf, estimateNotes(plan, STORED, true)), stage)
  }
  if (stage === 'PHYSICAL') return finish + explainPhysical(plan, nameOf)
  if (stage === 'ESTIMATED') return finish + explainPhysical(plan, nameOf, estimateNotes(plan, STORED, true))
  return finish + explainLogical(stage === 'RAW' ? raw : optimised)
}

describe('EXPLAIN', () => {
  const files = readdirSync(FOLDER).filter((f) => f.startsWith('explain-'))
  test.each(files)('%s', (file) => check(file, explain))
})

describe('each rule, alone on the plan that the rules before it leave', () => {
  test.each(RULES.map((rule, i) => ({ rule, i })).filter(({ rule, i }) => RULES.indexOf(rule) === i))(
    '$rule.name',
    ({ rule, i }) => {
      const file = `rule-${rule.name}.golden`
      expect(existsSync(join(FOLDER, file)), `${file} exists`).toBe(true)
      const facts = planFacts(catalog, statisticsOf(catalog))
      check(file, (sql) => {
        const before = RULES.slice(0, i).reduce<Logical>((p, r) => r.apply(p, facts), planRead(sql, catalog).raw)
        const after = rule.apply(before, facts)
        expect(explainLogical(after), 'the example shows the rule at work').not.toBe(explainLogical(before))
        return `${explainLogical(before)}\n→\n${explainLogical(after)}`
      })
    },
  )
})
