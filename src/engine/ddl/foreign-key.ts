import { SqlError } from '../../base/sql-error.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { chosenName } from '../../catalog/constraint-name.ts'
import type { ForeignKeyEntry, IndexEntry, TableEntry } from '../../catalog/entry.ts'
import { foreignKeysTo } from '../../catalog/foreign-keys.ts'
import { pgConstraints } from '../../catalog/pg-constraints.ts'
import type { ForeignKeyPlan } from '../../plan/ddl.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext } from '../api.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import { keyReferredTo, keyValues } from '../foreign-keys.ts'
import type { TableRuntime } from '../table.ts'
import type { World } from '../world.ts'
import { fits } from '../write/referential/converted.ts'
import { Violations } from '../write/referential/violations.ts'

/** What a table's foreign keys may refer to beside the tables of the catalog: itself, as it is going to be. */
interface Own {
  readonly entry: TableEntry
  readonly uniques: readonly IndexEntry[]
  /** Names of constraints that are made with them. */
  readonly names: readonly string[]
}

/** The entries of a table's new foreign keys, named as PostgreSQL names them, with ids from `id` on. */
export function foreignKeyEntries(
  world: World,
  { entry, uniques, names }: Own,
  plans: readonly ForeignKeyPlan[],
  id: number,
): ForeignKeyEntry[] {
  const { catalog } = world
  const entries: ForeignKeyEntry[] = []
  const used = plans.length === 0 ? [] : [...pgConstraints(catalog)].filter((c) => c.table.schema === entry.schema)
  const inSchema = new Set([...used.map((c) => c.name), ...names])
  const ofTable = new Set([...used.filter((c) => c.table.id === entry.id).map((c) => c.name), ...names])
  for (const { name, references, ...plan } of plans) {
    const to = references === null || references === entry.id ? entry : catalog.byId(references)
    if (to?.kind !== 'table') throw new ChangedMeanwhile()
    const indexes = to === entry ? uniques : []
    const key = keyOver(catalog, to, indexes, plan.referenced)
    if (name !== null && (ofTable.has(name) || entries.some((e) => e.name === name)))
      throw new SqlError('42710', `constraint "${name}" for relation "${entry.name}" already exists`)
    const columns = plan.columns.map((c) => entry.columns[c]!.name).join('_')
    const taken = (each: string) => inSchema.has(each) || entries.some((e) => e.name === each)
    entries.push({
      ...plan,
      kind: 'foreignKey',
      id: id + entries.length,
      name: name ?? chosenName(entry.name, columns, 'fkey', taken),
      schema: entry.schema,
      sql: '',
      dependsOn: [...new Set([entry.id, to.id, ...(key === 0 ? [] : [key])])],
      on: entry.id,
      references: to.id,
      key,
    })
  }
  return entries
}

/** The key of a table over these columns: 0, the primary one; or an index. */
function keyOver(catalog: Catalog, to: TableEntry, own: readonly IndexEntry[], columns: readonly number[]): number {
  const same = (key: readonly number[] | null) =>
    key?.length === columns.length && columns.every((c) => key.includes(c))
  if (same(to.primaryKey)) return 0
  const indexes = [...own, ...catalog.dependants(to.id).map((id) => catalog.byId(id)!)]
  const found = indexes.find((e) => e.kind === 'index' && e.on === to.id && e.unique && same(e.columns))
  if (found === undefined) throw new ChangedMeanwhile()
  return found.id
}

/** 23503 where a row that is there refers to a key that is not. */
export function checkForeignKey(world: World, fk: ForeignKeyEntry): void {
  const from = world.tables.get(fk.on)!
  const to = world.tables.get(fk.references)!
  const key = keyReferredTo(to.keys, fk)
  const violations = new Violations(world.catalog)
  const known = new Set<string>()
  for (const batch of from.rows.scan()) {
    for (const row of rowsOf(batch, from.types)) {
      const values = fk.columns.map((c) => row[c]!)
      if (values.some((v) => v === null)) {
        if (fk.match === 'full' && values.some((v) => v !== null)) throw violations.mixed(fk, from.entry)
        continue
      }
      const text = String(values)
      if (known.has(text)) continue
      if (!isThere(to, fk, values)) throw violations.missing(fk, from.entry, to.entry, values)
      if (known.size < KNOWN_MAX) known.add(text)
    }
  }

  function isThere(table: TableRuntime, of: ForeignKeyEntry, values: Row): boolean {
    return (
      values.every((value, i) => fits(value, table.types[of.referenced[i]!]!)) &&
      table.lookup(keyValues(of, key, values), key) !== null
    )
  }
}

/** Keys that were found and are not looked up again. */
const KNOWN_MAX = 65_536

/** Foreign keys that refer to a key that is going (by its index, 0: the primary one): 2BP01, or with CASCADE they go along. */
export function referringAlong(
  catalog: Catalog,
  table: TableEntry,
  key: number,
  { name, cascade }: { readonly name: string; readonly cascade: boolean },
  call: CallContext,
): number[] {
  const referring = foreignKeysTo(catalog, table.id).filter((fk) => fk.key === key)
  if (referring.length === 0) return []
  const label = (fk: ForeignKeyEntry) => `constraint ${fk.name} on table ${catalog.byId(fk.on)!.name}`
  if (!cascade)
    throw new SqlError(
      '2BP01',
      `cannot drop constraint ${name} on table ${table.name} because other objects depend on it`,
      {
        detail: referring.map((fk) => `${label(fk)} depends on index ${name}`).join('\n'),
        hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
      },
    )
  const lines = referring.map((fk) => `drop cascades to ${label(fk)}`)
  const one = lines.length === 1
  call.notice({
    severity: 'NOTICE',
    sqlstate: '00000',
    message: one ? lines[0]! : `drop cascades to ${lines.length} other objects`,
    detail: one ? undefined : lines.join('\n'),
  })
  return referring.map((fk) => fk.id)
}
