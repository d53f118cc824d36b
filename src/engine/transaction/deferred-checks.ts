import type { ForeignKeyEntry } from '../../catalog/entry.ts'
import type { DeferredMark } from '../api.ts'
import type { WaitingCheck } from '../write/referential/enforce.ts'

/** Checks that wait for COMMIT, or for SET CONSTRAINTS … IMMEDIATE. Made then, they are kept: ROLLBACK TO may bring them back. */
export class DeferredChecks {
  readonly checks: WaitingCheck[] = []
  #all: boolean | null = null
  #some = new Map<number, boolean>()

  defers({ id, deferrable }: ForeignKeyEntry): boolean {
    if (deferrable === undefined) return false
    return this.#some.get(id) ?? this.#all ?? deferrable === 'initiallyDeferred'
  }
  /** null: of all constraints. */
  set(constraints: readonly number[] | null, deferred: boolean): void {
    if (constraints === null) {
      this.#all = deferred
      this.#some.clear()
    } else for (const id of constraints) this.#some.set(id, deferred)
  }
  add(checks: readonly WaitingCheck[]): void {
    for (const check of checks) this.checks.push(check)
  }
  /** Those that wait no longer, as it is set now. */
  get due(): readonly WaitingCheck[] {
    return this.checks.filter(({ fk }) => !this.defers(fk))
  }
  mark(): DeferredMark {
    return { checks: this.checks.length, all: this.#all, some: new Map(this.#some) }
  }
  backTo({ checks, all, some }: DeferredMark): void {
    this.checks.length = checks
    this.#all = all
    this.#some = new Map(some)
  }
}
