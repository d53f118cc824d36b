import { cancelReason } from '../base/canceled.ts'
import type { Runtime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'

/** Who waits for a lock: until it is cancelled, or until lock_timeout is over; ms, 0: without end. */
export interface LockWait {
  readonly signal: AbortSignal
  readonly lockTimeoutMs: number
}

/** Shared: several hold it, and nobody exclusively. */
export type LockMode = 'shared' | 'exclusive'

interface Lock {
  readonly owners: Map<object, LockMode>
  readonly waiters: Waiter[]
}

interface Waiter {
  readonly owner: object
  readonly mode: LockMode
  resolve(): void
}

/**
 * Row locks of explicit transactions: (table, key) → owners. Waiters queue in order, but shared locks join those that are held; a
 * wait that would close a circle fails at once with 40P01. Locks live in memory only: a crash ends every transaction.
 */
export class LockTable {
  readonly #runtime: Pick<Runtime, 'setTimer'>
  readonly #locks = new Map<string, Lock>()
  /** The locks of each owner, in the order in which it took them. */
  readonly #owned = new Map<object, string[]>()
  /** Who waits, for one lock at a time. */
  readonly #waitsFor = new Map<object, Lock>()

  constructor(runtime: Pick<Runtime, 'setTimer'>) {
    this.#runtime = runtime
  }

  /** Whether anything is locked. */
  get any(): boolean {
    return this.#locks.size > 0
  }
  /** Whether somebody else would have to wait for such a lock. */
  isHeld(table: number, key: string, against: LockMode = 'exclusive'): boolean {
    const lock = this.#locks.get(name(table, key))
    return lock !== undefined && !isFree(lock, {}, against)
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
  async acquire(
    owner: object,
    table: number,
    key: string,
    wait: LockWait,
    mode: LockMode = 'exclusive',
  ): Promise<void> {
    if (this.take(owner, table, key, mode)) return
    const lock = this.#locks.get(name(table, key))!
    this.#failOnCircle(owner, lock)
    await this.#wait(lock, owner, mode, wait)
  }

  /** False: somebody else holds it. What is held shared becomes exclusive where it is asked for so. */
  take(owner: object, table: number, key: string, mode: LockMode = 'exclusive'): boolean {
    const id = name(table, key)
    let lock = this.#locks.get(id)
    if (lock === undefined) {
      lock = { owners: new Map(), waiters: [] }
      this.#locks.set(id, lock)
    }
    if (!isFree(lock, owner, mode)) return false
    this.#give(id, lock, owner, mode)
    return true
  }
  #give(id: string, lock: Lock, owner: object, mode: LockMode): void {
    const held = lock.owners.get(owner)
    if (held !== 'exclusive') lock.owners.set(owner, mode)
    if (held !== undefined) return
    const owned = this.#owned.get(owner)
    if (owned === undefined) this.#owned.set(owner, [id])
    else owned.push(id)
  }

  /** Resolves when such a lock could be had (autocommit statements hold none themselves). */
  async released(table: number, key: string, wait: LockWait, mode: LockMode = 'exclusive'): Promise<void> {
    const lock = this.#locks.get(name(table, key))
    if (lock === undefined) return
    const visitor = {}
    if (!isFree(lock, visitor, mode)) await this.#wait(lock, visitor, mode, wait)
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
      lock.owners.delete(owner)
      for (const waiter of [...lock.waiters]) {
        if (!isFree(lock, waiter.owner, waiter.mode)) continue
        lock.waiters.splice(lock.waiters.indexOf(waiter), 1)
        this.#waitsFor.delete(waiter.owner)
        this.#give(id, lock, waiter.owner, waiter.mode)
        waiter.resolve()
      }
      if (lock.owners.size === 0) this.#locks.delete(id)
    }
  }

  #wait(lock: Lock, owner: object, mode: LockMode, { signal, lockTimeoutMs }: LockWait): Promise<void> {
    this.#waitsFor.set(owner, lock)
    return new Promise((resolve, reject) => {
      const waiter = { owner, mode, resolve: () => {} }
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

  /** Whoever waits waits for those that hold the lock; one that holds it shared, and wants more, for the others. */
  #failOnCircle(owner: object, wanted: Lock): void {
    const seen = new Set<object>()
    const queue = [...wanted.owners.keys()].filter((holder) => holder !== owner)
    for (let holder = queue.pop(); holder !== undefined; holder = queue.pop()) {
      if (holder === owner) {
        throw new SqlError('40P01', 'deadlock detected', {
          hint: 'Roll back one of the transactions and try it again.',
        })
      }
      if (seen.has(holder)) continue
      seen.add(holder)
      for (const next of this.#waitsFor.get(holder)?.owners.keys() ?? []) if (next !== holder) queue.push(next)
    }
  }
}

function isFree({ owners }: Lock, owner: object, mode: LockMode): boolean {
  for (const [other, held] of owners)
    if (other !== owner && (held === 'exclusive' || mode === 'exclusive')) return false
  return true
}

const lockTimeout = (): SqlError => new SqlError('55P03', 'canceling statement due to lock timeout')

function name(table: number, key: string): string {
  return `${table}/${key}`
}
