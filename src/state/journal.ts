import { BlockError, seal, unseal } from './block.ts'
import { journalKey, journalTickOf } from './keys.ts'
import type { Store, WriteOp } from './store.ts'

/** The durable record of one tick's inputs: byte strings whose meaning is the engine's. */
export interface JournalRecord {
  readonly tick: number
  readonly inputs: readonly Uint8Array[]
}

const VERSION = 1
const HEADER_BYTES = 8
/** A record is split into values of at most this much: LMDB needs contiguous pages for a value. */
const PART_BYTES = 256 << 10

/** The journal: appended before a tick runs, replayed after a crash, truncated behind each checkpoint. */
export class Journal {
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }
  /** Durable once resolved, together with `also` (a few meta values). */
  append(tick: number, inputs: readonly Uint8Array[], also: readonly WriteOp[] = []): Promise<void> {
    return this.store.commit([...journalOps(tick, inputs), ...also])
  }
  /** Forgets the ticks ≤ tick; in the background, because replay skips them anyway. */
  truncate(tick: number): Promise<void> {
    const from = journalKey(0, 0)
    return this.store.writeInBackground([{ kind: 'removeRange', db: 'journal', from, to: journalKey(tick + 1, 0) }])
  }
  /** The records of the ticks ≥ tick, in order. */
  async *replay(tick: number): AsyncGenerator<JournalRecord> {
    let parts: Uint8Array[] = []
    let expected = 0
    let current = -1
    const end = journalKey(Number.MAX_SAFE_INTEGER, 0)
    for await (const { key, value } of this.store.range('journal', journalKey(tick, 0), end)) {
      const at = journalTickOf(key)
      if (at !== current && parts.length > 0) throw incomplete(current)
      current = at
      const bytes = unseal(value, () => `the journal record of tick ${at}`)
      const head = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
      if (head.getUint16(0, true) !== VERSION) {
        throw new BlockError(`the journal has format version ${head.getUint16(0, true)}, this build reads ${VERSION}`)
      }
      if (head.getUint32(4, true) !== parts.length) throw incomplete(at)
      expected = head.getUint16(2, true)
      parts.push(bytes.subarray(HEADER_BYTES))
      if (parts.length < expected) continue
      yield { tick: at, inputs: split(Buffer.concat(parts)) }
      parts = []
    }
    if (parts.length > 0) throw incomplete(current)
  }
}

/** For a commit that holds more than the journal record. */
export function journalOps(tick: number, inputs: readonly Uint8Array[]): WriteOp[] {
  const sizes = new Uint32Array([inputs.length, ...inputs.map((input) => input.length)])
  const record = Buffer.concat([new Uint8Array(sizes.buffer), ...inputs])
  const count = Math.max(1, Math.ceil(record.length / PART_BYTES))
  return Array.from({ length: count }, (_, part) => {
    const head = Buffer.alloc(HEADER_BYTES)
    head.writeUInt16LE(VERSION, 0)
    head.writeUInt16LE(count, 2)
    head.writeUInt32LE(part, 4)
    const value = seal(Buffer.concat([head, record.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)]))
    return { kind: 'put', db: 'journal', key: journalKey(tick, part), value }
  })
}

function split(record: Buffer): Uint8Array[] {
  const count = record.readUInt32LE(0)
  let at = 4 + count * 4
  return Array.from({ length: count }, (_, i) => {
    const start = at
    at += record.readUInt32LE(4 + i * 4)
    return new Uint8Array(record.subarray(start, at))
  })
}

function incomplete(tick: number): BlockError {
  return new BlockError(`the journal record of tick ${tick} is incomplete`)
}
