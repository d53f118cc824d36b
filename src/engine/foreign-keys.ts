import { assert } from '../base/assert.ts'
import type { ForeignKeyEntry } from '../catalog/entry.ts'
import type { UniqueKey } from '../catalog/unique-key.ts'
import type { Row } from '../types/value.ts'

/** The foreign keys of one table, in the order in which they were made. */
export interface ForeignKeys {
  readonly own: readonly ForeignKeyEntry[]
  /** Those that refer to it, its own among them. */
  readonly to: readonly ForeignKeyEntry[]
}

export const NO_FOREIGN_KEYS: ForeignKeys = { own: [], to: [] }

/** The unique key that a foreign key refers to, as its table has it. */
export function keyReferredTo(keys: readonly UniqueKey[], fk: ForeignKeyEntry): UniqueKey {
  const found = keys.find((key) => key.id === fk.key)
  assert(found !== undefined, `foreign key ${fk.name} refers to a unique key`)
  return found
}

/** Values of the referencing columns → of the key, in the order of its columns. */
export const keyValues = (fk: ForeignKeyEntry, key: UniqueKey, values: Row): Row =>
  key.columns.map((c) => values[fk.referenced.indexOf(c)]!)
