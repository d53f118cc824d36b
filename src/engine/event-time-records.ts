import type { DeadLetter, Positions, SourceBatch } from '../connectors/contract.ts'
import { takeBatch } from '../types/batch-build.ts'
import { judgeFrom, latestAllowed } from './judged-time.ts'
import type { SourceRuntime } from './source.ts'
import { sourceRange } from './source-range.ts'
import { PastWatermarks, timeAt, type Watermarks } from './watermarks.ts'

export const NO_TIME = 'the event time is missing or out of range'
export const FUTURE = 'the event time is further in the future than MAX FUTURE allows'

/** What a source's reader delivers, without what is put aside; and by what it judges from here on. */
export function admittedTo(source: SourceRuntime, batch: SourceBatch, nowMicros: number): SourceBatch {
  judgeFrom(source, nowMicros)
  return source.watermarks === null ? batch : admitted(source.watermarks, batch, nowMicros)
}

/**
 * Records without an event time, or with one too far ahead of the clock, are dead letters and move no watermark. Judged
 * once, before the batch is journaled.
 */
export function admitted(watermarks: Watermarks, batch: SourceBatch, nowMicros: number): SourceBatch {
  return without(watermarks, batch, (time) => {
    if (time === null) return NO_TIME
    return isFuture(watermarks, time, nowMicros) ? FUTURE : null
  })
}

const NO_BYTES = { key: null, value: null }

const isFuture = (watermarks: Watermarks, time: number, nowMicros: number): boolean =>
  time > (latestAllowed(watermarks, nowMicros) ?? Number.POSITIVE_INFINITY)

function without(
  watermarks: Watermarks,
  batch: SourceBatch,
  reasonOf: (time: number | null, row: number) => string | null,
): SourceBatch {
  // The event time of a view: records without one are no rows of it.
  if (watermarks.spec.event !== undefined && watermarks.spec.event.own === undefined) return batch
  const { rows, offsets, partition } = batch
  const times = watermarks.timed(rows).cols[watermarks.spec.column]!
  const kept = new Int32Array(rows.n)
  const letters: DeadLetter[] = []
  let n = 0
  for (let i = 0; i < rows.n; i++) {
    const reason = reasonOf(timeAt(times, i, watermarks.type), i)
    if (reason === null) kept[n++] = i
    else letters.push({ partition, offset: offsets[i]!, reason, ...(batch.records?.get(offsets[i]!) ?? NO_BYTES) })
  }
  if (n === rows.n) return batch
  return {
    ...batch,
    rows: takeBatch(rows, kept, n),
    offsets: Float64Array.from(kept.subarray(0, n), (i) => offsets[i]!),
    deadLetters: [...batch.deadLetters, ...letters],
  }
}

/**
 * Records of a source read again, as they went into the live feed: with the watermarks that they came with, without
 * those that were put aside then. `ended` gets the relation's watermark after the last one.
 */
export async function* pastRecords(
  source: SourceRuntime,
  from: Positions,
  until: Positions,
  nowMicros: number,
  signal?: AbortSignal,
  ended: (watermark: number | null) => void = () => {},
): AsyncGenerator<SourceBatch> {
  const records = sourceRange(source, from, until, signal)
  const { watermarks } = source
  if (watermarks === null) {
    yield* records
    return
  }
  const past = new PastWatermarks(watermarks)
  const live = source.positions.size > 0
  for await (const batch of records) {
    const putAside = live && watermarks.spec.maxFuture !== null ? lettersOf(source, batch.partition) : null
    const kept = without(watermarks, batch, (time, row) => {
      if (watermarks.isOlder(batch.partition, batch.offsets[row]!)) return null
      if (time === null) return NO_TIME
      if (putAside !== null) return putAside.has(batch.offsets[row]!) ? FUTURE : null
      return isFuture(watermarks, time, nowMicros) ? FUTURE : null
    })
    yield { ...kept, rows: past.stamp(kept.partition, kept.offsets, kept.rows) }
  }
  ended(live ? watermarks.current : past.current)
}

/** Offsets of a partition's records that were too far in the future when they came. */
function lettersOf(source: SourceRuntime, partition: number): ReadonlySet<number> {
  const offsets = new Set<number>()
  for (const batch of source.deadLetters.scan()) {
    for (let i = 0; i < batch.n; i++) {
      const at = batch.cols[2]!
      const of = batch.cols[1]!
      if (of.kind === 'f64' && of.data[i] === partition && at.kind === 'f64') offsets.add(at.data[i]!)
    }
  }
  return offsets
}
