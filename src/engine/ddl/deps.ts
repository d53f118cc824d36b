import { SqlError } from '../../base/sql-error.ts'
import type { Catalog, CatalogChange } from '../../catalog/catalog.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import type { CallContext } from '../api.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import type { Hydration } from '../hydration.ts'
import type { IndexLookup } from '../indexes.ts'
import type { ReadDeps } from '../read.ts'
import type { Ticker } from '../ticker.ts'
import type { ConnectorFactory, World } from '../world.ts'

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

interface Created {
  readonly name: string
  readonly ifNotExists: boolean
  readonly schema?: number
}

/** True when there is something of that name and IF NOT EXISTS was said; without it 42P07. */
export function exists(
  deps: DdlDeps,
  plan: Created,
  call: CallContext,
  made: 'relation' | 'type' = 'relation',
): boolean {
  const schema = plan.schema ?? 0
  const found = deps.world.catalog.byName(schema, plan.name)
  if (found === undefined) return false
  const isType = made === 'type' || (found.kind === 'type' && found.type.kind !== 'record')
  const what = schema === 0 ? 'schema' : isType ? 'type' : 'relation'
  const sqlstate = { schema: '42P06', type: '42710', relation: '42P07' }[what]
  const message = `${what} "${plan.name}" already exists`
  if (!plan.ifNotExists || isType) throw new SqlError(sqlstate, message, { hint: isType ? nameTaken(made) : undefined })
  call.notice({ severity: 'NOTICE', sqlstate, message: `${message}, skipping` })
  return true
}

const nameTaken = (made: 'relation' | 'type'): string | undefined =>
  made === 'type'
    ? undefined
    : "A relation has an associated type of the same name, so you must use a name that doesn't conflict with any existing type."

/** What the statement was planned against may be gone by the time that its turn comes. */
export function checkStillThere({ world }: DdlDeps, objects: readonly number[]): void {
  if (objects.every((id) => world.catalog.byId(id) !== undefined)) return
  throw new ChangedMeanwhile()
}

/**
 * Changes the running objects and the catalog together: when `start` fails, nothing is left behind. Others see the
 * change when it is complete.
 */
export async function changeOrNothing(
  deps: DdlDeps,
  next: Catalog,
  start: () => Promise<unknown>,
  undo: () => Promise<void>,
): Promise<void> {
  const { world } = deps
  try {
    await start()
    world.catalog = next
  } catch (error) {
    await undo()
    throw error
  }
}

/** A change of the catalog alone. */
export async function change(
  deps: DdlDeps,
  plan: Created,
  call: CallContext,
  changes: (id: number) => CatalogChange[],
): Promise<void> {
  await deps.world.exclusive.run(async () => {
    if (exists(deps, plan, call)) return
    if (plan.schema !== undefined) checkStillThere(deps, [plan.schema])
    const { catalog } = deps.world
    deps.world.catalog = catalog.apply(changes(catalog.nextId))
    await deps.checkpoint()
  })
}

/** Relations that come with an object, under its name: `"orders$errors"`. */
export function errorsRelation(deps: DdlDeps, owner: CatalogEntry, id: number): CatalogEntry {
  const rowType = deps.system.errorsRowType(owner.kind)
  return {
    kind: 'system',
    id,
    name: `${owner.name}$errors`,
    schema: owner.schema,
    sql: '',
    dependsOn: [owner.id],
    rowType,
    relation: 'errors',
  }
}
