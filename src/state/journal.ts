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
  /** The newest tick in the journal, at least `from`: ticks have no gaps, so a few are asked for. */
  async lastTick(from: number): Promise<number> {
    let known = from
    let step = 1
    while (await this.has(known + step)) {
      known += step
      step *= 2
    }
    for (; step >= 1; step = Math.floor(step / 2)) if (await this.has(known + step)) known += step
    return known
  }
  private async has(tick: number): Promise<boolean> {
    return (await this.store.get('journal', journalKey(tick, 0))) !== undefined
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
function journalOps(tick: number, inputs: readonly Uint8Array[]): WriteOp[] {
  const sizes = new Uint32Array([inputs.length, ...inputs.map((input) => input.length)])
  const record = [new Uint8Array(sizes.buffer), ...inputs]
  const length = record.reduce((sum, piece) => sum + piece.length, 0)
  const count = Math.max(1, Math.ceil(length / PART_BYTES))
  let piece = 0
  let at = 0
  return Array.from({ length: count }, (_, part) => {
    const head = Buffer.alloc(HEADER_BYTES)
    head.writeUInt16LE(VERSION, 0)
    head.writeUInt16LE(count, 2)
    head.writeUInt32LE(part, 4)
    const body: Uint8Array[] = [head]
    for (let room = PART_BYTES; room > 0 && piece < record.length; ) {
      const taken = record[piece].subarray(at, at + room)
      body.push(taken)
      room -= taken.length
      at += taken.length
      if (at < record[piece].length) continue
      piece++
      at = 0
    }
    return { kind: 'put', db: 'journal', key: journalKey(tick, part), value: seal(Buffer.concat(body)) }
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
