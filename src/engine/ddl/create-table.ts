import { SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry, SourceEntry, TableColumn, TableEntry } from '../../catalog/entry.ts'
import { primaryKeyName } from '../../catalog/unique-key.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { getPlan } from '../../plan/get-plan.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import { splitBatch } from '../../types/batch-build.ts'
import type { CallContext } from '../api.ts'
import { buildView } from '../build-view.ts'
import { evalEnv } from '../eval-env.ts'
import { linkForeignKeys } from '../link-foreign-keys.ts'
import { countRows, evaluate } from '../read.ts'
import { settleSequences } from '../sequence-calls.ts'
import { snapshotWithStreams } from '../snapshot.ts'
import { TableRuntime } from '../table.ts'
import { StatementBound } from '../write/evaluated.ts'
import { RowRules } from '../write/row-rules.ts'
import { completed, connectorSpec } from './connector-spec.ts'
import { openConnector, startSource } from './create-source.ts'
import { checkStillThere, type DdlDeps, errorsRelation, exists } from './deps.ts'
import { drop } from './drop.ts'
import { foreignKeyEntries } from './foreign-key.ts'
import { lateRelation } from './late-relation.ts'
import { ownSequences } from './sequence.ts'
import { typesOfColumns } from './type-uses.ts'
import { uniqueEntries } from './unique.ts'

type CreateTable = Extract<DdlPlan, { kind: 'createTable' }>
type WithColumns = Omit<CreateTable, 'columns'> & { readonly columns: readonly TableColumn[] }

/**
 * A table of its own, filled by INSERT (and by AS query), or one that stores what a source delivers. How many rows AS put
 * in; null: no query was run.
 */
export async function createTable(deps: DdlDeps, plan: CreateTable, call: CallContext): Promise<number | null> {
  if (exists(deps, plan, call)) return null
  if (plan.fromSource !== null || plan.connector !== null) {
    await createFedTable(deps, plan, call)
    return null
  }
  const { world } = deps
  const batches = plan.query === null ? [] : await queryRows(deps, plan, call)
  await world.exclusive.run(async () => {
    if (exists(deps, plan, call)) return
    checkStillThere(deps, [plan.schema, ...plan.dependsOn])
    const id = world.catalog.nextId
    const { columns, sequences } = ownSequences(
      world,
      { id, name: plan.name, schema: plan.schema },
      plan.columns,
      id + 1,
    )
    const entry = tableEntry({ ...plan, columns }, id, null, plan.dependsOn)
    const late = lateRelation(world, entry, id + 1 + sequences.length)
    const uniques = uniqueEntries(world, entry, plan.uniques ?? [], id + 1 + sequences.length + late.length)
    const names = [...(plan.primaryKey === null ? [] : [primaryKeyName(entry)]), ...uniques.map((u) => u.name)]
    const own = { entry, uniques, names: [...names, ...(plan.checks ?? []).map((c) => c.name)] }
    const before = [entry, ...sequences, ...late, ...uniques]
    const made = [...before, ...foreignKeyEntries(world, own, plan.foreignKeys ?? [], id + before.length)]
    world.catalog = world.catalog.apply(made.map((e) => ({ kind: 'put' as const, entry: e })))
    startTable(deps, entry)
    for (const unique of uniques) deps.indexes.add(unique, true)
    linkForeignKeys(world, true)
    await deps.checkpoint()
  })
  if (plan.query === null) return null
  const rows = countRows(batches)
  if (rows === 0) return 0
  const table = [...world.tables.values()].find((t) => t.entry.name === plan.name && t.entry.schema === plan.schema)
  if (table === undefined) throw new SqlError('42P01', `relation "${plan.name}" was dropped meanwhile`)
  try {
    const rules = new RowRules(table.entry, table.types, evalEnv(world, call))
    const changes = batches
      .flatMap((batch) => splitBatch(batch))
      .map((batch) => {
        rules.check(batch)
        return { object: table.entry.id, batch }
      })
    await deps.ticker.write({
      readsOthers: false,
      evaluate: () => ({ result: { command: 'INSERT', count: rows, returning: null }, changes }),
    })
  } catch (error) {
    await takeBack(deps, table.entry.id, call)
    throw error
  }
  return rows
}

/** Without its rows the table is not what was asked for. Where somebody reads it by now it stays. */
async function takeBack(deps: DdlDeps, id: number, call: CallContext): Promise<void> {
  try {
    await drop(deps, { kind: 'drop', objects: [id], cascade: false }, { ...call, lockTimeoutMs: 1 })
  } catch (error) {
    deps.world.log.warn('a table whose rows could not be stored stays', { table: id, error: String(error) })
  }
}

async function queryRows(deps: DdlDeps, plan: CreateTable, call: CallContext) {
  const query = plan.query!
  const objects = objectsOf(query)
  const snapshot = await snapshotWithStreams(deps, objects, Number.POSITIVE_INFINITY, call)
  try {
    const bound = new StatementBound(call)
    return await evaluate(deps.world, query, snapshot, call, { grown: (batch) => bound.add(batch) })
  } finally {
    snapshot.release()
    await settleSequences(deps.world)
  }
}

/** Puts a table into the circuit; recovery calls it too. */
export function startTable({ world }: Pick<DdlDeps, 'world'>, entry: TableEntry): TableRuntime {
  const table = new TableRuntime(entry, world.states)
  world.circuit.add([table.input])
  world.tables.set(entry.id, table)
  if (table.life !== null) world.mortal.add(entry.id)
  if (table.eventTime !== null) world.watermarks.set(entry.id, table.eventTime.watermarks)
  world.logOf(entry.id)
  return table
}

/**
 * CREATE TABLE … FROM SOURCE s, and RisingWave's CREATE TABLE … WITH (connector = …): the rows are stored, and later
 * views hydrate from them. Inside it is a materialized copy of the source.
 */
async function createFedTable(deps: DdlDeps, statement: CreateTable, call: CallContext): Promise<void> {
  const { world } = deps
  const plan = await wholeTable(deps, statement)
  const rowType = plan.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  const spec = plan.connector === null ? null : connectorSpec(world, plan.connector, rowType, call)
  const own = spec === null ? null : await openConnector(deps, spec, rowType)
  const starts = plan.fromSource === null ? null : await deps.hydration.prepare([plan.fromSource], call)
  let kept = false
  const make = async () => {
    if (exists(deps, plan, call)) return
    checkStillThere(deps, [plan.schema, ...plan.dependsOn])
    let id = world.catalog.nextId
    const entries: CatalogEntry[] = []
    let source = plan.fromSource
    let ownStarts = starts
    if (own !== null) {
      source = id++
      const entry: SourceEntry = {
        kind: 'source',
        id: source,
        name: `${plan.name}$source`,
        schema: plan.schema,
        sql: plan.sql,
        dependsOn: [...plan.dependsOn, ...typesOfColumns(rowType)],
        rowType,
        connector: spec!,
        upsertKey: plan.primaryKey,
      }
      entries.push(entry, errorsRelation(deps, entry, id++))
      startSource(deps, entry, own.connector)
      kept = true
      ownStarts = new Map([[source, own.start]])
    }
    const entry = tableEntry(plan, id, source, [...plan.dependsOn, ...(own === null ? [] : [source!])])
    world.catalog = world.catalog.apply([...entries, entry].map((e) => ({ kind: 'put' as const, entry: e })))
    const view = buildView(world, {
      id,
      entry: null,
      plan: getPlan(source!, rowType),
      onError: 'divert',
      shares: false,
      state: { kind: 'hydrating', done: 0, total: null },
    })
    await deps.hydration.begin(view, ownStarts!)
    await deps.checkpoint()
  }
  try {
    await world.exclusive.run(make)
  } finally {
    if (!kept) await own?.connector.close()
  }
}

/** With the columns and the key that a schema registry knows. */
async function wholeTable(deps: DdlDeps, plan: CreateTable): Promise<CreateTable> {
  if (plan.connector === null) return plan
  const columns = plan.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  const { connector } = plan
  const whole = await completed(deps.connectors, { columns, connector, upsertKey: plan.primaryKey })
  return {
    ...plan,
    columns: whole.columns.map((field) => ({
      name: field.name,
      type: field.type,
      notNull: !field.nullable,
      defaultSql: plan.columns.find((c) => c.name === field.name)?.defaultSql ?? null,
    })),
    connector: whole.connector,
    primaryKey: whole.upsertKey,
  }
}

function tableEntry(plan: WithColumns, id: number, fedBy: number | null, dependsOn: readonly number[]): TableEntry {
  const seen = new Set<string>()
  for (const { name } of plan.columns) {
    if (seen.has(name)) throw new SqlError('42701', `column "${name}" specified more than once`)
    seen.add(name)
  }
  const {
    name,
    schema,
    sql,
    columns,
    primaryKey,
    watermark,
    computed,
    arrivals,
    appendOnly,
    ttlMicros,
    checks,
    primaryKeyName,
    onCommit,
  } = plan
  const time = {
    ...(watermark && { watermark }),
    ...(computed && { computed }),
    ...(arrivals && { arrivals }),
    ...(appendOnly && { appendOnly }),
    ...(ttlMicros != null && { ttlMicros }),
    ...(checks && { checks }),
    ...(onCommit && { onCommit }),
    ...(primaryKeyName !== undefined && { primaryKeyName }),
  }
  const on = [...new Set([...dependsOn, ...typesOfColumns(columns)])]
  return { kind: 'table', id, name, schema, sql, dependsOn: on, columns, primaryKey, fedBy, ...time }
}
