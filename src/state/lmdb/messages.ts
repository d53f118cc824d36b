import type { CompactionRequest, CompactionResult } from '../compaction.ts'
import type { DatabaseName, StoreEntry, WriteOp } from '../store.ts'

/** What the engine's side asks the storage thread; `id` pairs the answer. Ops and entries travel packed. */
export type StoreRequest =
  | { readonly id: number; readonly kind: 'commit' | 'background'; readonly ops: Packed }
  | { readonly id: number; readonly kind: 'get'; readonly db: DatabaseName; readonly key: Uint8Array }
  | {
      readonly id: number
      readonly kind: 'page'
      readonly db: DatabaseName
      readonly from: Uint8Array
      readonly to: Uint8Array
    }
  | { readonly id: number; readonly kind: 'size' | 'close' }
  | { readonly id: number; readonly kind: 'compact'; readonly request: CompactionRequest }

export type StoreResponse =
  | { readonly id: number; readonly ok: true; readonly value?: Packed | Uint8Array | number | CompactionResult }
  | {
      readonly id: number
      readonly ok: false
      readonly message: string
      readonly block: boolean
      /** See StoreFailure. */
      readonly noRoomFor: string | null
    }

/** Byte strings one after the other in one buffer, which is handed over whole: no cloning, one transfer. */
export interface Packed {
  readonly heads: readonly { readonly kind: WriteOp['kind']; readonly db: DatabaseName }[]
  readonly lengths: Int32Array
  readonly buffer: ArrayBuffer
}

export function packOps(ops: readonly WriteOp[]): Packed {
  const parts: Uint8Array[] = []
  for (const op of ops) {
    if (op.kind === 'put') parts.push(op.key, op.value)
    else if (op.kind === 'remove') parts.push(op.key)
    else parts.push(op.from, op.to)
  }
  return { heads: ops.map(({ kind, db }) => ({ kind, db })), ...pack(parts) }
}

export function unpackOps(packed: Packed): WriteOp[] {
  const next = reader(packed)
  return packed.heads.map(({ kind, db }): WriteOp => {
    if (kind === 'put') return { kind, db, key: next(), value: next() }
    if (kind === 'remove') return { kind, db, key: next() }
    return { kind, db, from: next(), to: next() }
  })
}

export function packEntries(entries: readonly StoreEntry[]): Packed {
  return { heads: [], ...pack(entries.flatMap(({ key, value }) => [key, value])) }
}

export function unpackEntries(packed: Packed): StoreEntry[] {
  const next = reader(packed)
  const entries: StoreEntry[] = []
  for (let i = 0; i < packed.lengths.length; i += 2) entries.push({ key: next(), value: next() })
  return entries
}

function pack(parts: readonly Uint8Array[]): { lengths: Int32Array; buffer: ArrayBuffer } {
  const lengths = Int32Array.from(parts, (part) => part.length)
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + padded(part.length), 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += padded(part.length)
  }
  return { lengths, buffer: bytes.buffer }
}

/** Each part starts at a multiple of 8, so that typed arrays of blocks can be read in place. */
function padded(length: number): number {
  return (length + 7) & ~7
}

function reader({ lengths, buffer }: Packed): () => Uint8Array {
  let at = 0
  let i = 0
  return () => {
    const part = new Uint8Array(buffer, at, lengths[i])
    at += padded(lengths[i++])
    return part
  }
}
