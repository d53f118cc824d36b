import { SqlError } from '../base/sql-error.ts'
import type { CallContext, Engine, Transaction } from '../engine/api.ts'
import type { Portal } from './prepared.ts'
import { type Savepoint, Savepoints } from './savepoints.ts'
import type { Settings } from './settings/settings.ts'
import type { Temporary } from './temporary.ts'

/**
 * Where a session stands:
 * - none: each statement commits by itself;
 * - implicit: the statements of one simple-query text, or of one extended group, commit together at its end;
 * - explicit: between BEGIN and COMMIT or ROLLBACK;
 * - failed: an explicit one in which a statement failed; it stands at its newest savepoint, where there is one.
 * The engine's transaction begins at the first statement that reads or writes.
 */
export class TransactionState {
  mode: 'none' | 'implicit' | 'explicit' | 'failed' = 'none'
  readOnly = false
  /** What schema changes have committed of a text, or of a transaction that would have it in PostgreSQL. */
  private kept: string | null = null
  private handle: Transaction | null = null
  private readonly savepoints = new Savepoints()
  private readonly engine: Engine
  private readonly settings: Settings
  private readonly temporary: Temporary

  constructor(engine: Engine, settings: Settings, temporary: Temporary) {
    this.engine = engine
    this.settings = settings
    this.temporary = temporary
  }

  get status(): 'I' | 'T' | 'E' {
    return this.mode === 'explicit' ? 'T' : this.mode === 'failed' ? 'E' : 'I'
  }

  /** The engine's transaction that a statement joins, or null for autocommit. */
  current(): Transaction | null {
    if (this.mode === 'none') return null
    this.handle ??= this.engine.begin({ readOnly: this.readOnly })
    return this.handle
  }

  begin(mode: 'implicit' | 'explicit'): void {
    // BEGIN inside an implicit transaction takes over what was done so far, as in PostgreSQL.
    if (this.mode === 'none') {
      this.readOnly = this.settings.get('default_transaction_read_only') === 'on'
      this.settings.beginTransaction()
    }
    this.mode = mode
  }

  /**
   * A schema change among statements that would commit together: it commits by itself, and what came before it first.
   * The rest goes on as one; when that fails `takeKept` tells what stays.
   */
  async around<T>(tag: string, call: CallContext, change: () => Promise<T>): Promise<T> {
    const some = this.handle !== null || this.kept !== null
    await this.commit(call)
    if (some) this.kept = `before ${tag}`
    const result = await change()
    this.begin('implicit')
    this.kept = `up to ${tag}`
    return result
  }
  /** Told once. */
  takeKept(): string | null {
    const { kept } = this
    this.kept = null
    return kept
  }

  setReadOnly(readOnly: boolean): void {
    if (this.handle !== null && this.readOnly && !readOnly) {
      throw new SqlError('25001', 'transaction read-write mode must be set before any query')
    }
    this.readOnly = readOnly
  }

  checkWritable(command: string): void {
    const readOnly = this.mode === 'none' ? this.settings.get('default_transaction_read_only') === 'on' : this.readOnly
    if (readOnly) throw new SqlError('25006', `cannot execute ${command} in a read-only transaction`)
  }

  /** Whatever happens, the transaction is over afterwards. */
  async commit(call: CallContext): Promise<void> {
    const handle = this.handle
    this.handle = null
    let committed = false
    try {
      if (handle !== null) await handle.commit(call)
      committed = true
    } finally {
      this.end(committed)
    }
  }

  rollback(): void {
    this.dropHandle()
    this.kept = null
    this.end(false)
  }

  /** A statement failed. What it did since the newest savepoint is undone at once, with its locks; the rest can be kept. */
  fail(): void {
    if (this.mode === 'implicit') this.rollback()
    else if (this.mode === 'explicit') {
      const { last } = this.savepoints
      if (last === undefined) this.dropHandle()
      else this.undo(last)
      this.mode = 'failed'
    }
  }

  savepoint(name: string, open: Iterable<Portal>): void {
    const { readOnly } = this
    const engine = this.current()!.savepoint()
    this.savepoints.add({ name, engine, settings: this.settings.mark(), readOnly, portals: new Set(open) })
  }
  release(name: string): void {
    this.savepoints.release(name)
  }
  rollbackTo(name: string): void {
    this.undo(this.savepoints.backTo(name))
    this.mode = 'explicit'
  }
  get hasSavepoint(): boolean {
    return this.savepoints.last !== undefined
  }
  /** Whether the newest savepoint, to which the session went back, knows the portal. */
  keeps(portal: Portal): boolean {
    return this.savepoints.last?.portals.has(portal) === true
  }

  private undo({ engine, settings, readOnly }: Savepoint): void {
    this.handle?.rollbackTo(engine)
    this.settings.backTo(settings)
    this.readOnly = readOnly
  }
  private dropHandle(): void {
    this.handle?.rollback()
    this.handle = null
  }

  private end(committed: boolean): void {
    this.mode = 'none'
    this.readOnly = false
    this.savepoints.clear()
    this.temporary.ended(committed)
    this.settings.endTransaction(committed)
    if (committed) this.kept = null
  }
}
