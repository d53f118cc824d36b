import type { ForeignKeyEntry } from '../catalog/entry.ts'
import { foreignKeysOf, foreignKeysTo } from '../catalog/foreign-keys.ts'
import type { World } from './world.ts'

/** Tables get the foreign keys that the catalog says; after each change of it. `fill`: not when recovery brings the rows. */
export function linkForeignKeys({ tables, catalog, states }: World, fill: boolean): void {
  for (const [id, table] of tables) {
    const next = { own: foreignKeysOf(catalog, id), to: foreignKeysTo(catalog, id) }
    if (!same(table.foreignKeys.own, next.own) || !same(table.foreignKeys.to, next.to))
      table.setForeignKeys(next, states, fill)
  }
}

const same = (a: readonly ForeignKeyEntry[], b: readonly ForeignKeyEntry[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i])
