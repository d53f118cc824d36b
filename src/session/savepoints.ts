import { SqlError } from '../base/sql-error.ts'
import type { Savepoint as EngineSavepoint } from '../engine/api.ts'
import type { Portal } from './prepared.ts'
import type { SettingsMark } from './settings/settings.ts'

/** What SAVEPOINT keeps of a session. */
export interface Savepoint {
  readonly name: string
  readonly engine: EngineSavepoint
  readonly settings: SettingsMark
  readonly readOnly: boolean
  /** Those that were open: younger ones go with what is undone. */
  readonly portals: ReadonlySet<Portal>
}

/** The savepoints of an open transaction, the newest last. Names repeat: the newest of a name counts. */
export class Savepoints {
  private list: Savepoint[] = []

  get last(): Savepoint | undefined {
    return this.list.at(-1)
  }
  clear(): void {
    this.list = []
  }
  add(savepoint: Savepoint): void {
    this.list.push(savepoint)
  }
  /** That one and all behind it are gone; 3B001. */
  release(name: string): void {
    this.list.length = this.find(name)
  }
  /** That one stays, all behind it are gone; 3B001. */
  backTo(name: string): Savepoint {
    const at = this.find(name)
    this.list.length = at + 1
    return this.list[at]!
  }

  private find(name: string): number {
    const at = this.list.findLastIndex((each) => each.name === name)
    if (at < 0) throw new SqlError('3B001', `savepoint "${name}" does not exist`)
    return at
  }
}
