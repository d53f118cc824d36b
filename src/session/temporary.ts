import { findSchema } from '../catalog/resolve-name.ts'
import type { CallContext, Engine } from '../engine/api.ts'

/**
 * A session's temporary tables: tables as others, in a schema of the session's own that comes first in its search path. Made
 * with the first of them, gone with the session; what a crash leaves is dropped at the next start.
 */
export class Temporary {
  readonly schema: string
  readonly #engine: Engine
  #made = false
  /** Tables that the open transaction made, and those of transactions that came to nothing. */
  #inTransaction: string[] = []
  #undone: string[] = []
  #known: { readonly version: number; readonly ending: readonly Ending[] } = { version: -1, ending: [] }

  constructor(engine: Engine, schema: string) {
    this.#engine = engine
    this.schema = schema
  }

  /** Before the session's search path. */
  get path(): readonly string[] {
    return this.#made ? [this.schema] : []
  }
  async make(call: CallContext): Promise<void> {
    if (this.#made) return
    const quiet = { ...call, notice: () => {} }
    await this.#engine.ddl({ kind: 'createSchema', name: this.schema, ifNotExists: true, sql: '' }, quiet)
    this.#made = true
  }
  /** A table of the open transaction, which goes with it when it does not commit. */
  made(table: string): void {
    this.#inTransaction.push(table)
  }
  ended(committed: boolean): void {
    if (!committed) this.#undone.push(...this.#inTransaction)
    this.#inTransaction = []
  }

  /** Outside transactions: ON COMMIT, and what came to nothing. */
  async settle(call: CallContext): Promise<void> {
    if (!this.#made) return
    const undone = this.#undone.splice(0)
    const emptied: number[] = []
    const dropped: number[] = []
    for (const { id, name, onCommit } of this.#ending()) {
      if (onCommit === 'drop' || undone.includes(name)) dropped.push(id)
      else if (onCommit === 'delete' && (this.#engine.storedRows(id) ?? 0) > 0) emptied.push(id)
    }
    if (dropped.length > 0) await this.#drop(dropped, call)
    if (emptied.length > 0) await this.#engine.write({ kind: 'truncate', tables: emptied }, call, [])
  }
  /** All of them. */
  async drop(call: CallContext): Promise<void> {
    const schema = this.#made ? findSchema(this.#engine.catalog(), this.schema) : undefined
    this.#made = false
    if (schema !== undefined) await this.#drop([schema.id], call)
  }

  #drop(objects: readonly number[], call: CallContext): Promise<unknown> {
    return this.#engine.ddl({ kind: 'drop', objects, cascade: true }, { ...call, notice: () => {} })
  }
  #ending(): readonly Ending[] {
    const catalog = this.#engine.catalog()
    if (this.#known.version === catalog.version) return this.#known.ending
    const schema = findSchema(catalog, this.schema)
    const ending: Ending[] = []
    for (const entry of catalog.all())
      if (entry.kind === 'table' && entry.schema === schema?.id)
        ending.push({ id: entry.id, name: entry.name, onCommit: entry.onCommit })
    this.#known = { version: catalog.version, ending }
    return ending
  }
}

interface Ending {
  readonly id: number
  readonly name: string
  readonly onCommit: 'delete' | 'drop' | undefined
}
