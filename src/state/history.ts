import { assert } from '../base/assert.ts'
import type { Pieces } from '../base/slices.ts'
import { decodeBatch, encodeBatch } from '../codec/row.ts'
import type { Batch } from '../types/batch.ts'
import { BLOCK_BYTES_MAX, seal, unseal } from './block.ts'
import { HISTORY_INDEX, historyAddressOf, historyDataKey, historyIndexKey } from './keys.ts'
import { getMeta, putMeta } from './meta.ts'
import type { Store, WriteOp } from './store.ts'

/** The consolidated, sorted changes of one object in one tick. */
export interface TickChanges {
  readonly tick: number
  readonly timestampMs: number
  readonly batches: readonly Batch[]
}

/** What one checkpoint stored for one object. */
interface Entry {
  readonly object: string
  readonly firstTick: number
  readonly lastTick: number
  readonly lastMs: number
  readonly parts: number
  readonly bytes: number
}

export interface HistoryLimits {
  readonly nowMs: number
  readonly ageMsMax: number
  readonly bytesMax: number
  /** The lowest tick somebody still needs (a sink that is behind); kept whatever its age. */
  keepFrom?(object: string): number
}

/** tick f64, timestamp f64, length u32. */
const PIECE_HEADER_BYTES = 20

/**
 * Changes by object and tick, durable with the checkpoints: subscriptions resume from them, sinks send from them, AS OF
 * reads back through them. `stage` gives the writes for a checkpoint; they count once `publish` is called.
 */
export class History {
  private readonly store: Store
  private readonly entries = new Map<string, Entry[]>()
  private readonly trimmed = new Map<string, number>()
  private staged: Entry[] = []

  private constructor(store: Store) {
    this.store = store
  }
  /** Reads the index; what was written for a checkpoint that never was published is removed. */
  static async open(store: Store, publishedTick: number): Promise<History> {
    const history = new History(store)
    const leftovers: WriteOp[] = []
    for await (const { key, value } of store.range('history', HISTORY_INDEX.from, HISTORY_INDEX.to)) {
      const { object, tick } = historyAddressOf(key)
      const bytes = unseal(value, () => `the history index of ${object} at tick ${tick}`)
      const entry = { object, firstTick: tick, ...JSON.parse(Buffer.from(bytes).toString()) } as Entry
      if (entry.lastTick <= publishedTick) history.add(entry)
      else leftovers.push(...removals(entry))
    }
    const saved = await getMeta(store, TRIMMED)
    if (saved !== undefined) {
      const ticks = JSON.parse(Buffer.from(saved).toString()) as Record<string, number>
      for (const [object, tick] of Object.entries(ticks)) history.trimmed.set(object, tick)
    }
    if (leftovers.length > 0) await store.writeInBackground(leftovers)
    return history
  }
  /** Bytes kept. */
  bytes(): number {
    let bytes = 0
    for (const entries of this.entries.values()) for (const entry of entries) bytes += entry.bytes
    return bytes
  }
  /** Changes of ticks up to this one may be gone: an AS OF must not be older. */
  trimmedThrough(object: string): number {
    return this.trimmed.get(object) ?? 0
  }
  /** The writes that keep the changes of an object since its last checkpoint, ticks ascending; in pieces. */
  *stage(object: string, changes: readonly TickChanges[]): Pieces<WriteOp[]> {
    if (changes.length === 0) return []
    const first = changes[0].tick
    const known = this.entries.get(object)?.at(-1)
    assert(known === undefined || known.lastTick < first, 'history is written in the order of ticks')
    const parts = yield* partsOf(changes)
    const ops: WriteOp[] = parts.map((value, part) => {
      return { kind: 'put', db: 'history', key: historyDataKey(object, first, part), value }
    })
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    const last = changes[changes.length - 1]
    const index = { lastTick: last.tick, lastMs: last.timestampMs, parts: parts.length, bytes }
    const value = seal(Buffer.from(JSON.stringify(index)))
    // The index goes out before the data, so that leftovers are always found.
    ops.unshift({ kind: 'put', db: 'history', key: historyIndexKey(object, first), value })
    this.staged.push({ object, firstTick: first, ...index })
    return ops
  }
  /** The checkpoint that carried the staged writes is published. */
  publish(): void {
    for (const entry of this.staged) this.add(entry)
    this.staged = []
  }
  /** Published changes of the ticks from ≤ tick ≤ to, ascending; ticks without a change do not appear. */
  async *read(object: string, from: number, to: number): AsyncGenerator<TickChanges> {
    for (const entry of [...(this.entries.get(object) ?? [])]) {
      if (entry.lastTick < from || entry.firstTick > to) continue
      let open: { tick: number; timestampMs: number; batches: Batch[] } | null = null
      for (let part = 0; part < entry.parts; part++) {
        const name = () => `part ${part} of the history of ${object} at tick ${entry.firstTick}`
        const stored = await this.store.get('history', historyDataKey(object, entry.firstTick, part))
        for (const piece of piecesOf(unseal(stored ?? new Uint8Array(0), name))) {
          if (piece.tick < from || piece.tick > to) continue
          if (open !== null && open.tick !== piece.tick) {
            yield open
            open = null
          }
          open ??= { tick: piece.tick, timestampMs: piece.timestampMs, batches: [] }
          open.batches.push(decodeBatch(piece.bytes))
        }
      }
      if (open !== null) yield open
    }
  }
  /** Forgets what is too old or too much, oldest first; the writes may go out in the background. */
  trim(limits: HistoryLimits): WriteOp[] {
    const all = [...this.entries.values()].flat().sort((a, b) => a.lastTick - b.lastTick)
    let bytes = this.bytes()
    const ops: WriteOp[] = []
    for (const entry of all) {
      const old = entry.lastMs < limits.nowMs - limits.ageMsMax
      if (!old && bytes <= limits.bytesMax) continue
      if (limits.keepFrom !== undefined && entry.lastTick >= limits.keepFrom(entry.object)) continue
      // Only from the front: a hole would make every read behind it wrong.
      const entries = this.entries.get(entry.object)!
      if (entries[0] !== entry) continue
      entries.shift()
      bytes -= entry.bytes
      this.trimmed.set(entry.object, entry.lastTick)
      ops.push(...removals(entry))
    }
    // First the mark, then the data.
    if (ops.length > 0) ops.unshift(this.putTrimmed())
    return ops
  }
  /** The object was dropped. */
  forget(object: string): WriteOp[] {
    const ops = (this.entries.get(object) ?? []).flatMap(removals)
    this.entries.delete(object)
    return this.trimmed.delete(object) ? [this.putTrimmed(), ...ops] : ops
  }
  private add(entry: Entry): void {
    const entries = this.entries.get(entry.object)
    if (entries === undefined) this.entries.set(entry.object, [entry])
    else entries.push(entry)
  }
  private putTrimmed(): WriteOp {
    return putMeta(TRIMMED, Buffer.from(JSON.stringify(Object.fromEntries(this.trimmed))))
  }
}

const TRIMMED = 'history trimmed'

function removals({ object, firstTick, parts }: Entry): WriteOp[] {
  const ops: WriteOp[] = []
  for (let part = 0; part < parts; part++) {
    ops.push({ kind: 'remove', db: 'history', key: historyDataKey(object, firstTick, part) })
  }
  // Last: while the index stands, the data is found again.
  ops.push({ kind: 'remove', db: 'history', key: historyIndexKey(object, firstTick) })
  return ops
}

function* partsOf(changes: readonly TickChanges[]): Pieces<Uint8Array[]> {
  const parts: Uint8Array[] = []
  let pieces: Uint8Array[] = []
  let bytes = 0
  for (const { tick, timestampMs, batches } of changes) {
    for (const batch of batches) {
      const body = encodeBatch(batch)
      const head = Buffer.alloc(PIECE_HEADER_BYTES)
      head.writeDoubleLE(tick, 0)
      head.writeDoubleLE(timestampMs, 8)
      head.writeUInt32LE(body.length, 16)
      if (bytes > 0 && bytes + head.length + body.length + 4 > BLOCK_BYTES_MAX) {
        parts.push(seal(Buffer.concat(pieces)))
        pieces = []
        bytes = 0
      }
      pieces.push(head, body)
      bytes += head.length + body.length
      yield
    }
  }
  if (pieces.length > 0) parts.push(seal(Buffer.concat(pieces)))
  return parts
}

function* piecesOf(part: Uint8Array): Generator<{ tick: number; timestampMs: number; bytes: Uint8Array }> {
  const view = new DataView(part.buffer, part.byteOffset, part.length)
  for (let at = 0; at < part.length; ) {
    const length = view.getUint32(at + 16, true)
    const start = at + PIECE_HEADER_BYTES
    yield {
      tick: view.getFloat64(at, true),
      timestampMs: view.getFloat64(at + 8, true),
      bytes: part.subarray(start, start + length),
    }
    at = start + length
  }
}
