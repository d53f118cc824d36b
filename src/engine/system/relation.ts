import type { RowType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext } from '../api.ts'
import type { World } from '../world.ts'

/** A relation computed from the server's own state when it is read. */
export interface SystemRelation {
  readonly schema: 'pg_catalog' | 'information_schema' | 'millrace'
  readonly name: string
  readonly rowType: RowType
  /** `call`: of the statement that reads. */
  rows(system: SystemContext, call: Pick<CallContext, 'setting'>): Iterable<Row>
}

/** What such relations may read. */
export interface SystemContext {
  readonly world: World
  /** Settings of the server as pg_settings shows them. */
  readonly settings: readonly SettingRow[]
  readonly startedMs: number
  storage(): StorageFigures
}

export interface SettingRow {
  readonly name: string
  readonly value: string
  readonly unit: string | null
  readonly description: string
  readonly type: string
  /** Who may change it, by PostgreSQL's names; a session's own value counts for `user`. */
  readonly context: 'postmaster' | 'user' | 'internal'
  readonly default: string
  /** Where the value came from, by PostgreSQL's names. */
  readonly source: string
}

export interface StorageFigures {
  readonly checkpoints: number
  readonly compactions: number
  readonly checkpointBytes: number
  readonly checkpointTick: number
  readonly collectMsMax: number
  readonly replayedTicks: number
}
