import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import { BlockError } from './block.ts'
import { Checkpointer, type StructureFiles } from './checkpoint.ts'
import { type PublishedCheckpoint, readCheckpoint, readStructures, type StructureRecord } from './checkpoint-record.ts'
import { readBlock } from './compaction.ts'
import type { DurableStructure } from './durable.ts'
import type { State } from './factory.ts'
import { ALL_KEYS, blockAddressOf } from './keys.ts'
import type { DatabaseName, Store, WriteOp } from './store.ts'

/** Work on blocks before I/O gets its turn. */
const SLICE_MS = 20

export interface RecoveryOptions {
  readonly store: Store
  /** With the structures already made, as the published checkpoint's plans say. */
  readonly state: State
  readonly runtime: Runtime
  readonly log: Log
  /** Bytes of deltas below which a structure is not compacted. */
  readonly compactBytesMin?: number
  compacting?(): void
  /** Rows so far, about every SLICE_MS. */
  progress?(what: 'loading the checkpoint' | 'building indexes', rows: number): void
}

export interface Loaded {
  readonly published: PublishedCheckpoint | null
  readonly rows: number
  /** Structures with durable rows that nobody made: still there, loaded nowhere. */
  readonly unclaimed: readonly string[]
}

export interface Recovered extends Loaded {
  readonly checkpointer: Checkpointer
}

/** What the engine needs first, to know which structures there are. */
export function readPublished(store: Store): Promise<PublishedCheckpoint | null> {
  return readCheckpoint(store)
}

/**
 * Loads the state, and removes what was never published or is superseded before the first checkpoint can reuse its
 * generation: that is why the checkpointer comes from here.
 */
export async function recoverState(options: RecoveryOptions): Promise<Recovered> {
  const { files, leftovers, ...loaded } = await loadState(options)
  if (leftovers.length > 0) await options.store.writeInBackground(leftovers)
  return { ...loaded, checkpointer: new Checkpointer({ ...options, published: loaded.published, files }) }
}

/**
 * Fills the structures of `state` from the published checkpoint: base blocks, then deltas oldest first, by slot; then
 * indexes and free lists are rebuilt. One pass over each database. Writes nothing (`millrace inspect`).
 */
export async function loadState(
  options: RecoveryOptions,
): Promise<Loaded & { readonly files: Map<string, StructureFiles>; readonly leftovers: readonly WriteOp[] }> {
  const { store, state, runtime } = options
  const published = await readCheckpoint(store)
  const records = await readStructures(store)
  const files = new Map<string, StructureFiles>()
  for (const [id, record] of records) files.set(id, { record, baseBytes: 0, deltaBytes: 0 })
  const leftovers: WriteOp[] = []
  const loaded = new Set<DurableStructure>()
  const unclaimed = new Set<string>()
  let sliceEnd = runtime.monotonicMs() + SLICE_MS
  let rows = 0

  for (const db of ['base', 'delta'] as const) {
    for await (const { key, value } of store.range(db, ALL_KEYS.from, ALL_KEYS.to)) {
      const { id, generation } = blockAddressOf(key)
      const file = files.get(id)
      if (file === undefined || !counts(db, generation, file.record, published)) {
        leftovers.push({ kind: 'remove', db, key })
        continue
      }
      if (db === 'base') file.baseBytes += value.length
      else file.deltaBytes += value.length
      const structure = state.structure(id)
      if (structure === undefined) {
        unclaimed.add(id)
        continue
      }
      loaded.add(structure)
      rows += loadBlock(structure, db, key, value)
      if (runtime.monotonicMs() < sliceEnd) continue
      options.progress?.('loading the checkpoint', rows)
      await runtime.yieldToIo()
      sliceEnd = runtime.monotonicMs() + SLICE_MS
    }
  }
  let indexed = 0
  for (const structure of loaded) {
    structure.loaded()
    indexed += structure.rows
    options.progress?.('building indexes', indexed)
    await runtime.yieldToIo()
  }
  return { published, rows, unclaimed: [...unclaimed], files, leftovers }
}

function counts(
  db: DatabaseName,
  generation: number,
  { base, since }: StructureRecord,
  published: PublishedCheckpoint | null,
): boolean {
  if (db === 'base') return generation === base
  return generation > base && generation >= since && generation <= (published?.generation ?? 0)
}

function loadBlock(structure: DurableStructure, db: DatabaseName, key: Uint8Array, value: Uint8Array): number {
  const { slots, removed, batch } = readBlock(db, key, value)
  structure.unload(removed)
  const n = batch.n
  if (n === 0) return 0
  if (batch.cols.length !== structure.blockTypes.length) {
    throw new BlockError(
      `a block of ${structure.id} has ${batch.cols.length} columns, its plan says ${structure.blockTypes.length}`,
    )
  }
  structure.load(slots, batch, n)
  return n
}
