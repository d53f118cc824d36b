import { Circuit } from '../../src/dataflow/circuit.ts'
import type { Edge } from '../../src/dataflow/contract.ts'
import { InputNode } from '../../src/dataflow/input.ts'
import { distinctValues } from '../../src/engine/statistics.ts'
import { renderCircuit } from '../../src/render/render.ts'
import { RULES } from '../../src/sql/optimise/optimise.ts'
import type { RelationStatistics, Rule } from '../../src/sql/optimise/rule.ts'
import { parseSql, planStatement } from '../../src/sql/plan-statement.ts'
import { catalogOf, contextOf } from '../../src/sql/testing/planner.ts'
import { createState } from '../../src/state/factory.ts'
import { batchFromRows } from '../../src/types/batch-build.ts'
import type { SqlType } from '../../src/types/sql-type.ts'
import { parseText } from '../../src/types/text.ts'
import type { Row } from '../../src/types/value.ts'
import type { TpchRow } from '../../tools/tpch/data.ts'
import { createTable, TABLE_NAMES, type TableName } from '../../tools/tpch/tables.ts'
import { CONTEXT } from '../nexmark/plan.ts'

/** `all` rules by the relations' figures; or without those that the first release did not have, and without figures. */
export type Planner = 'all' | 'plain'

const LATER: ReadonlySet<string> = new Set(['date-bounds', 'disjunctions', 'transitive'])

const catalog = catalogOf(TABLE_NAMES.map(createTable).join(';\n'))
const entryOf = (name: TableName) => {
  const entry = [...catalog.all()].find((each) => each.name === name)
  if (entry?.kind !== 'table') throw new Error(`there is a table ${name}`)
  return entry
}
const typesOf = (name: TableName): SqlType[] => entryOf(name).columns.map(({ type }) => type)

export const rowsOf = (name: TableName, rows: readonly TpchRow[]): Row[] => {
  const types = typesOf(name)
  return rows.map((row) => row.map((text, c) => parseText(text, types[c])))
}

/** A query of TPC-H as a view over rows that are handed in; its output is read and not stored. */
export class TpchCircuit {
  rows = 0
  readonly #circuit = new Circuit()
  readonly #states = createState()
  readonly #inputs = new Map<number, InputNode>()
  readonly #output: Edge
  #tick = 0

  constructor(sql: string, planner: Planner, tables: Readonly<Record<TableName, readonly Row[]>>) {
    const rules: readonly Rule[] = planner === 'all' ? RULES : RULES.filter(({ name }) => !LATER.has(name))
    const text = `CREATE MATERIALIZED VIEW v AS ${sql}`
    const context = {
      ...contextOf(text, catalog),
      rules,
      ...(planner === 'all' && { statistics: statisticsOf(tables) }),
    }
    const planned = planStatement(parseSql(text)[0], context)
    if (planned.kind !== 'ddl' || planned.statement?.kind !== 'createMaterializedView') throw new Error('a view')
    const { plan } = planned.statement
    for (const name of TABLE_NAMES) {
      const { id } = entryOf(name)
      this.#inputs.set(id, new InputNode({ id, position: -1 }, typesOf(name)))
    }
    const resolve = (object: number) => this.#inputs.get(object)!.output
    const build = renderCircuit({ plan, objectId: 1, states: this.#states, context: CONTEXT, resolve })
    for (const get of build.gets) get.connect()
    this.#circuit.add(this.#inputs.values())
    this.#circuit.adopt(build.circuit)
    this.#output = build.edge(plan.root).pipe()
  }

  push(name: TableName, rows: readonly Row[], diff: 1 | -1): void {
    const input = this.#inputs.get(entryOf(name).id)!
    for (let i = 0; i < rows.length; i += 4096) {
      const some = rows.slice(i, i + 4096)
      input.pushRows(
        batchFromRows(
          typesOf(name),
          some,
          some.map(() => diff),
        ),
      )
    }
  }

  run(): void {
    const tick = ++this.#tick
    this.#circuit.runTick({ tick, timestampMs: tick, nowMicros: tick * 1000, recursionRoundsMax: 100 })
    const { rows, errors } = this.#output.take()
    if (errors.length > 0) throw new Error('a query of the benchmark raises no errors')
    for (const { n, diffs } of rows) for (let i = 0; i < n; i++) this.rows += diffs[i]
  }

  stateRows(): number {
    let sum = 0
    for (const { id } of this.#states.structures()) sum += this.#states.structure(id)?.space.live ?? 0
    return sum
  }
}

function statisticsOf(tables: Readonly<Record<TableName, readonly Row[]>>) {
  const byId = new Map(TABLE_NAMES.map((name) => [entryOf(name).id, tables[name]]))
  return (object: number): RelationStatistics | null => {
    const rows = byId.get(object)
    if (rows === undefined) return null
    const each = (n: number) => rows.filter((_, i) => i % Math.max(1, Math.floor(rows.length / n)) === 0)
    const counted = each(1024)
    return { rows: rows.length, sample: each(128), distinct: (c) => distinctValues(counted, c, rows.length) }
  }
}
