/** What a mode adds to a plain run. */
import type { TextRow } from './format.ts'
import type { Relations } from './relations.ts'
import type { Sessions } from './sessions.ts'

export type Mode = 'pull' | 'view' | 'subscribe' | 'restart'
export const MODES: readonly Mode[] = ['pull', 'view', 'subscribe', 'restart']

export interface PassedQuery {
  readonly connection: string | null
  readonly sql: string
  readonly rows: readonly TextRow[]
  readonly width: number
}

/** `skipped`: this statement cannot be checked in this way, and why. */
export type CheckResult =
  | { readonly kind: 'same' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'different'; readonly message: string }

export interface ModeCheck {
  /** Before each counted record. */
  before?(): Promise<void>
  /** After a query gave what the file expects. */
  afterQuery?(query: PassedQuery): Promise<CheckResult>
}

export interface CheckContext {
  readonly sessions: Sessions
  readonly relations: Relations
}

export const SAME: CheckResult = { kind: 'same' }
export const skipped = (reason: string): CheckResult => ({ kind: 'skipped', reason })
export const different = (message: string): CheckResult => ({ kind: 'different', message })
