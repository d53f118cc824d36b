import type { UserTypeFacts } from '../types/user-type.ts'
import type { PackedBatch } from './batch-transfer.ts'
import type { Judged, PartitionInfo, ReaderStatus } from './contract.ts'
import type { IngestTask, ReaderBounds } from './ingest.ts'

/** Between the engine's thread and an ingest worker. `reader` numbers the readers of one worker. */
export type ToWorker =
  | {
      readonly type: 'open'
      readonly reader: number
      readonly task: IngestTask
      /** What the user's types of the task's columns are by now: of those only the oid comes along. */
      readonly types: readonly (readonly [oid: number, facts: UserTypeFacts])[]
      readonly bounds: ReaderBounds
    }
  /** One batch was taken in: a credit back, and how rows are judged by now. */
  | { readonly type: 'taken'; readonly reader: number; readonly judged: Judged | undefined }
  | { readonly type: 'stop'; readonly reader: number }

export type FromWorker =
  | { readonly type: 'batch'; readonly reader: number; readonly batch: PackedBatch }
  | { readonly type: 'status'; readonly reader: number; readonly status: ReaderStatus }
  | { readonly type: 'partition'; readonly reader: number; readonly info: PartitionInfo }
  | { readonly type: 'end'; readonly reader: number }
  | { readonly type: 'stopped'; readonly reader: number }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      readonly fields: Record<string, unknown> | undefined
    }
