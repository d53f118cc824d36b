import { unreachable } from '../base/assert.ts'
import type { Runtime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'
import type { SubscribeMessage, Subscription } from '../engine/api.ts'
import { BATCH_ROWS_MAX, type Batch } from '../types/batch.ts'
import type { Column, NumColumn } from '../types/column.ts'
import { nullColumn } from '../types/column-shape.ts'
import { BOOL, INT8, NUMERIC, type RowType } from '../types/sql-type.ts'
import type { RowSource } from './row-source.ts'

/** With PROGRESS a progress row is sent at least this often, also when nothing changes. */
const PROGRESS_EVERY_MS = 1_000

/** Columns of a SUBSCRIBE: mz_timestamp, mz_progressed (only with PROGRESS), mz_diff, then the data, all nullable. */
export function subscribeFields(data: RowType, progress: boolean): RowType {
  return [
    { name: 'mz_timestamp', type: NUMERIC, nullable: false },
    ...(progress ? [{ name: 'mz_progressed', type: BOOL, nullable: false }] : []),
    { name: 'mz_diff', type: INT8, nullable: progress },
    ...(progress ? data.map((field) => ({ ...field, nullable: true })) : data),
  ]
}

/**
 * A subscription as rows. The data columns of a batch pass through untouched: only the leading columns are made here,
 * and signed diffs become the mz_diff column of rows that each count once.
 */
export class SubscribeSource implements RowSource {
  readonly fields: RowType
  readonly shared = true
  private readonly subscription: Subscription
  private readonly data: RowType
  private readonly progress: boolean
  private readonly runtime: Runtime
  private queue: SubscribeMessage[] = []
  /** Last progress sent, and when. */
  private progressMs: number | null = null
  private sentAt: number

  constructor(subscription: Subscription, data: RowType, progress: boolean, runtime: Runtime) {
    this.subscription = subscription
    this.data = data
    this.progress = progress
    this.runtime = runtime
    this.fields = subscribeFields(data, progress)
    this.sentAt = runtime.monotonicMs()
  }

  async poll(): Promise<Batch | 'wait' | 'end'> {
    if (this.queue.length === 0) this.queue = [...this.subscription.poll(BATCH_ROWS_MAX)]
    const message = this.queue.shift()
    if (message !== undefined) return this.batchOf(message)
    if (this.subscription.ended) return 'end'
    // Nothing is new, and what the last progress message said still holds.
    if (this.progressMs !== null && this.runtime.monotonicMs() - this.sentAt >= PROGRESS_EVERY_MS) {
      return this.progressRow(this.progressMs)
    }
    return 'wait'
  }

  async wait(signal: AbortSignal): Promise<void> {
    if (!this.progress) return this.subscription.wait(signal)
    const due = Math.max(0, this.sentAt + PROGRESS_EVERY_MS - this.runtime.monotonicMs())
    await waitAtMost(this.runtime, due, signal, (inner) => this.subscription.wait(inner))
  }

  close(): void {
    this.subscription.close()
  }

  private batchOf(message: SubscribeMessage): Batch {
    switch (message.kind) {
      case 'rows':
        return changeRows(message.timestampMs, message.batch, this.progress)
      case 'progress':
        this.progressMs = message.timestampMs
        return this.progressRow(message.timestampMs)
      case 'error':
        throw new SqlError(message.sqlstate, message.message)
      default:
        return unreachable(message)
    }
  }

  private progressRow(timestampMs: number): Batch {
    this.sentAt = this.runtime.monotonicMs()
    const progressed: Column = { kind: 'f64', data: Float64Array.of(1), nulls: null }
    const data = this.data.map((field) => nullColumn(field.type, 1))
    return {
      n: 1,
      diffs: Int32Array.of(1),
      cols: [timestamps(timestampMs, 1), progressed, nullColumn(INT8, 1), ...data],
    }
  }
}

/** Batches made last, by the batch of changes: subscribers of one view get the same object, which wire/ encodes once. */
const MADE_MAX = 64
const made = new Map<Batch, { readonly timestampMs: number; readonly progress: boolean; readonly rows: Batch }>()

function changeRows(timestampMs: number, batch: Batch, progress: boolean): Batch {
  const known = made.get(batch)
  if (known?.timestampMs === timestampMs && known.progress === progress) return known.rows
  const { n } = batch
  const counts = new Float64Array(n)
  for (let i = 0; i < n; i++) counts[i] = batch.diffs[i]
  const cols: Column[] = [timestamps(timestampMs, n)]
  if (progress) cols.push({ kind: 'f64', data: new Float64Array(n), nulls: null })
  cols.push({ kind: 'f64', data: counts, nulls: null }, ...batch.cols)
  const rows: Batch = { n, diffs: new Int32Array(n).fill(1), cols }
  made.set(batch, { timestampMs, progress, rows })
  if (made.size > MADE_MAX) made.delete(made.keys().next().value!)
  return rows
}

function timestamps(ms: number, n: number): NumColumn {
  return { kind: 'num', data: new Float64Array(n).fill(ms), scale: 0, scales: null, big: null, nulls: null }
}

/** Waits for `wait`, but no longer than `ms`; cancelling `signal` ends it with the signal's reason. */
export async function waitAtMost(
  runtime: Runtime,
  ms: number,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const inner = new AbortController()
  const abort = (): void => inner.abort(signal.reason)
  signal.addEventListener('abort', abort)
  const cancelTimer = runtime.setTimer(() => inner.abort(TIME_IS_UP), ms)
  try {
    signal.throwIfAborted()
    await wait(inner.signal)
  } catch (error) {
    if (inner.signal.reason !== TIME_IS_UP) throw error
  } finally {
    cancelTimer()
    signal.removeEventListener('abort', abort)
  }
}

const TIME_IS_UP = Symbol('time is up')
