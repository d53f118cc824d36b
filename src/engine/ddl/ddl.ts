import { unreachable } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { CatalogChange } from '../../catalog/catalog.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { CallContext } from '../api.ts'
import type { Hydration } from '../hydration.ts'
import type { IndexLookup } from '../indexes.ts'
import type { ReadDeps } from '../read.ts'
import type { Ticker } from '../ticker.ts'
import type { ConnectorFactory, World } from '../world.ts'
import { createIndex, createMaterializedView, createView } from './create-view.ts'
import { createSource } from './create-source.ts'
import { createTable } from './create-table.ts'
import { drop } from './drop.ts'
import { rename, renameColumn } from './rename.ts'

/** What DDL needs of the engine. */
export interface DdlDeps extends ReadDeps {
  readonly world: World
  readonly ticker: Ticker
  readonly hydration: Hydration
  readonly indexes: IndexLookup
  readonly connectors: ConnectorFactory
  /** Makes catalog and state durable as they are; inside the exclusive lane. */
  checkpoint(): Promise<void>
}

/**
 * Autocommit DDL. The catalog changes and the running objects with it, in the exclusive lane; a checkpoint makes both
 * durable at once, so the journal never spans a change of the catalog. What can fail is asked before anything changes.
 */
export async function executeDdl(deps: DdlDeps, plan: DdlPlan, call: CallContext): Promise<void> {
  switch (plan.kind) {
    case 'createSchema':
      return change(deps, plan, call, (id) => [{ kind: 'put', entry: { kind: 'schema', id, name: plan.name, schema: 0, sql: plan.sql, dependsOn: [] } }])
    case 'createConnection':
      return change(deps, plan, call, (id) => {
        const { name, schema, sql, dependsOn, transport, options } = plan
        return [{ kind: 'put', entry: { kind: 'connection', id, name, schema, sql, dependsOn, transport, options } }]
      })
    case 'createTable':
      return createTable(deps, plan, call)
    case 'createSource':
      return createSource(deps, plan, call)
    case 'createView':
      return createView(deps, plan, call)
    case 'createMaterializedView':
      return createMaterializedView(deps, plan, call)
    case 'createIndex':
      return createIndex(deps, plan, call)
    case 'drop':
      return drop(deps, plan, call)
    case 'rename':
      return rename(deps, plan)
    case 'renameColumn':
      return renameColumn(deps, plan)
    case 'skipErrors':
      return deps.world.exclusive.run(async () => {
        deps.world.views.get(plan.object)?.skipErrors()
        await deps.checkpoint()
      })
    default:
      return unreachable(plan)
  }
}

interface Created {
  readonly name: string
  readonly ifNotExists: boolean
  readonly schema?: number
}

/** True when there is something of that name and IF NOT EXISTS was said; without it 42P07. */
export function exists(deps: DdlDeps, plan: Created, call: CallContext): boolean {
  const schema = plan.schema ?? 0
  if (deps.world.catalog.byName(schema, plan.name) === undefined) return false
  const what = schema === 0 ? 'schema' : 'relation'
  const sqlstate = schema === 0 ? '42P06' : '42P07'
  const message = `${what} "${plan.name}" already exists`
  if (!plan.ifNotExists) throw new SqlError(sqlstate, message)
  call.notice({ severity: 'NOTICE', sqlstate, message: `${message}, skipping` })
  return true
}

/** A change of the catalog alone. */
export async function change(deps: DdlDeps, plan: Created, call: CallContext, changes: (id: number) => CatalogChange[]): Promise<void> {
  await deps.world.exclusive.run(async () => {
    if (exists(deps, plan, call)) return
    const { catalog } = deps.world
    deps.world.catalog = catalog.apply(changes(catalog.nextId))
    await deps.checkpoint()
  })
}

/** Relations that come with an object, under its name: `"orders$errors"`. */
export function errorsRelation(deps: DdlDeps, owner: CatalogEntry, id: number): CatalogEntry {
  const rowType = deps.system.errorsRowType(owner.kind)
  return { kind: 'system', id, name: `${owner.name}$errors`, schema: owner.schema, sql: '', dependsOn: [owner.id], rowType, relation: 'errors' }
}
