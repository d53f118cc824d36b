import type { RowType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { World } from '../world.ts'

/** A relation computed from the server's own state when it is read. */
export interface SystemRelation {
  readonly schema: 'pg_catalog' | 'information_schema' | 'millrace'
  readonly name: string
  readonly rowType: RowType
  rows(system: SystemContext): Iterable<Row>
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
}

export interface StorageFigures {
  readonly checkpoints: number
  readonly compactions: number
  readonly checkpointBytes: number
  readonly checkpointTick: number
  readonly collectMsMax: number
  readonly replayedTicks: number
}
