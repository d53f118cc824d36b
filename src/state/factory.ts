import { assert } from '../base/assert.ts'
import { type ArrangementSpec, SlotArrangement } from './arrangement.ts'
import { collectDelta } from './collect.ts'
import type {
  Arrangement,
  CheckpointableState,
  KeyedTable,
  StateDelta,
  StateFactory,
  StateStructure,
} from './contract.ts'
import type { DurableStructure } from './durable.ts'
import { type KeyedTableSpec, SlotKeyedTable } from './keyed-table.ts'
import type { ChunkPager } from './pager.ts'

export interface StateOptions {
  /** Where evicted accumulator chunks go; without one nothing is evicted. */
  readonly pager?: ChunkPager
}

export interface State extends StateFactory, CheckpointableState {
  /** The structure of this id, to be filled by recovery. */
  structure(id: string): DurableStructure | undefined
  structures(): Iterable<StateStructure>
  /** Evicts all accumulator chunks to the pager. */
  evict(): void
  bytes(): number
}

/** Bytes a changed row is reckoned with in `dirtyBytes`, beside its share of the structure's bytes. */
const ROW_BYTES_MIN = 16

/** All structures of the server. */
export function createState(options: StateOptions = {}): State {
  const structures = new Map<string, SlotArrangement | SlotKeyedTable>()
  const dropped = new Set<string>()

  function add<S extends SlotArrangement | SlotKeyedTable>(structure: S): S {
    assert(!structures.has(structure.id), `one structure is named ${structure.id}`)
    structures.set(structure.id, structure)
    return structure
  }
  function* collect(): Generator<void, readonly StateDelta[]> {
    const deltas: StateDelta[] = []
    for (const id of dropped) deltas.push({ id, dropped: true, blocks: [] })
    dropped.clear()
    for (const structure of [...structures.values()]) {
      if (structure.space.dirty.count > 0) deltas.push(yield* collectDelta(structure))
    }
    return deltas
  }
  return {
    arrangement: (spec: ArrangementSpec): Arrangement => add(new SlotArrangement(spec)),
    keyedTable: (spec: KeyedTableSpec): KeyedTable => add(new SlotKeyedTable(spec, options.pager ?? null)),
    drop(id) {
      // Also one that was never made since the start: recovery names those `unclaimed`.
      structures.delete(id)
      dropped.add(id)
    },
    structure: (id) => structures.get(id),
    structures: () => structures.values(),
    rows() {
      let rows = 0
      for (const structure of structures.values()) rows += structure.rows
      return rows
    },
    dirtyRows() {
      let rows = 0
      for (const { space } of structures.values()) rows += space.dirty.count
      return rows
    },
    dirtyBytes() {
      let bytes = 0
      for (const structure of structures.values()) {
        const { dirty } = structure.space
        if (dirty.count === 0) continue
        const share = structure.rows === 0 ? 0 : structure.bytes() / structure.rows
        bytes += dirty.count * Math.max(ROW_BYTES_MIN, Math.min(share, 4096))
      }
      return Math.round(bytes)
    },
    collect,
    evict() {
      for (const structure of structures.values()) if (structure instanceof SlotKeyedTable) structure.evict()
    },
    bytes() {
      let bytes = 0
      for (const structure of structures.values()) bytes += structure.bytes()
      return bytes
    },
  }
}
