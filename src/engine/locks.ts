import { cancelReason } from '../base/canceled.ts'
import type { Runtime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'

/** Who waits for a lock: until it is cancelled, or until lock_timeout is over; ms, 0: without end. */
export interface LockWait {
  readonly signal: AbortSignal
  readonly lockTimeoutMs: number
}

/**
 * Row locks of explicit transactions: (table, key) → owner. Waiters queue in order; a wait that would close a circle
 * fails at once with 40P01. Locks live in memory only: a crash ends every transaction.
 */
export class LockTable {
  readonly #runtime: Pick<Runtime, 'setTimer'>
  readonly #locks = new Map<string, { owner: object; readonly waiters: Waiter[] }>()
  /** The locks of each owner. */
  readonly #owned = new Map<object, string[]>()
  readonly #waitsFor = new Map<object, object>()

  constructor(runtime: Pick<Runtime, 'setTimer'>) {
    this.#runtime = runtime
  }

  /** Whether anything is locked. */
  get any(): boolean {
    return this.#locks.size > 0
  }
  holder(table: number, key: string): object | undefined {
    return this.#locks.get(name(table, key))?.owner
  }

  /** A key of the table that is locked. */
  keyIn(table: number): string | undefined {
    return this.keysIn(table).next().value
  }
  /** Keys of the table that are locked. */
  *keysIn(table: number): Generator<string, undefined> {
    const prefix = name(table, '')
    for (const id of this.#locks.keys()) if (id.startsWith(prefix)) yield id.slice(prefix.length)
  }

  /** Resolves once `owner` holds the lock. */
  async acquire(owner: object, table: number, key: string, wait: LockWait): Promise<void> {
    if (this.take(owner, table, key)) return
    const lock = this.#locks.get(name(table, key))!
    this.#failOnCircle(owner, lock.owner)
    await this.#wait(lock, owner, wait)
  }

  /** False: somebody else holds it. */
  take(owner: object, table: number, key: string): boolean {
    const id = name(table, key)
    const lock = this.#locks.get(id)
    if (lock !== undefined) return lock.owner === owner
    this.#locks.set(id, { owner, waiters: [] })
    this.#own(owner, id)
    return true
  }
  #own(owner: object, id: string): void {
    const owned = this.#owned.get(owner)
    if (owned === undefined) this.#owned.set(owner, [id])
    else owned.push(id)
  }

  /** Resolves when nobody holds the lock (autocommit statements hold none themselves). */
  async released(table: number, key: string, wait: LockWait): Promise<void> {
    const lock = this.#locks.get(name(table, key))
    if (lock === undefined) return
    const visitor = {}
    await this.#wait(lock, visitor, wait)
    this.releaseAll(visitor)
  }

  /** How many locks it holds. */
  count(owner: object): number {
    return this.#owned.get(owner)?.length ?? 0
  }

  releaseAll(owner: object): void {
    this.releaseSince(owner, 0)
  }

  /** All but those that it took first. */
  releaseSince(owner: object, kept: number): void {
    const owned = this.#owned.get(owner)?.splice(kept) ?? []
    if (kept === 0) this.#owned.delete(owner)
    for (const id of owned) {
      const lock = this.#locks.get(id)!
      const next = lock.waiters.shift()
      if (next === undefined) {
        this.#locks.delete(id)
        continue
      }
      lock.owner = next.owner
      this.#own(next.owner, id)
      this.#waitsFor.delete(next.owner)
      for (const waiter of lock.waiters) this.#waitsFor.set(waiter.owner, next.owner)
      next.resolve()
    }
  }

  #wait(
    lock: { owner: object; readonly waiters: Waiter[] },
    owner: object,
    { signal, lockTimeoutMs }: LockWait,
  ): Promise<void> {
    this.#waitsFor.set(owner, lock.owner)
    return new Promise((resolve, reject) => {
      const waiter = { owner, resolve: () => {} }
      let cancelTimer = () => {}
      const giveUp = (reason: SqlError) => {
        cancelTimer()
        signal.removeEventListener('abort', abort)
        lock.waiters.splice(lock.waiters.indexOf(waiter), 1)
        this.#waitsFor.delete(owner)
        reject(reason)
      }
      const abort = () => giveUp(cancelReason(signal))
      waiter.resolve = () => {
        cancelTimer()
        signal.removeEventListener('abort', abort)
        resolve()
      }
      lock.waiters.push(waiter)
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort)
      if (lockTimeoutMs > 0) cancelTimer = this.#runtime.setTimer(() => giveUp(lockTimeout()), lockTimeoutMs)
    })
  }

  #failOnCircle(owner: object, holder: object): void {
    for (let at: object | undefined = holder; at !== undefined; at = this.#waitsFor.get(at)) {
      if (at === owner) {
        throw new SqlError('40P01', 'deadlock detected', {
          hint: 'Roll back one of the transactions and try it again.',
        })
      }
    }
  }
}

const lockTimeout = (): SqlError => new SqlError('55P03', 'canceling statement due to lock timeout')

interface Waiter {
  readonly owner: object
  resolve(): void
}

function name(table: number, key: string): string {
  return `${table}/${key}`
}
