import { BlockError, seal, unseal } from './block.ts'
import { CHECKPOINT_KEY, STRUCTURES, structureIdOf, structureKey } from './keys.ts'
import type { Store, WriteOp } from './store.ts'

/** The published checkpoint. `extras` are the engine's: catalog, source positions, reserved timestamps … */
export interface PublishedCheckpoint {
  readonly generation: number
  readonly tick: number
  readonly extras: Uint8Array
}

/**
 * Which blocks of a structure count: base blocks of generation `base` (0: none), then delta blocks of generations above
 * `base`, from `since` (where the structure was first written) to the published one. All others are leftovers.
 */
export interface StructureRecord {
  readonly base: number
  readonly since: number
}

const VERSION = 1

export function putCheckpoint({ generation, tick, extras }: PublishedCheckpoint): WriteOp {
  const head = Buffer.from(JSON.stringify({ version: VERSION, generation, tick }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  return { kind: 'put', db: 'meta', key: CHECKPOINT_KEY, value: seal(Buffer.concat([length, head, extras])) }
}

export async function readCheckpoint(store: Store): Promise<PublishedCheckpoint | null> {
  const stored = await store.get('meta', CHECKPOINT_KEY)
  if (stored === undefined) return null
  const bytes = Buffer.from(unseal(stored, () => 'the checkpoint record in meta'))
  const end = 4 + bytes.readUInt32LE(0)
  const head = JSON.parse(bytes.toString('utf8', 4, end)) as { version: number; generation: number; tick: number }
  if (head.version !== VERSION) {
    throw new BlockError(`the checkpoint has format version ${head.version}, this build reads ${VERSION}`)
  }
  return { generation: head.generation, tick: head.tick, extras: new Uint8Array(bytes.subarray(end)) }
}

export function putStructure(id: string, record: StructureRecord): WriteOp {
  const value = seal(Buffer.from(JSON.stringify(record)))
  return { kind: 'put', db: 'meta', key: structureKey(id), value }
}

export function removeStructure(id: string): WriteOp {
  return { kind: 'remove', db: 'meta', key: structureKey(id) }
}

export async function readStructures(store: Store): Promise<Map<string, StructureRecord>> {
  const records = new Map<string, StructureRecord>()
  for await (const { key, value } of store.range('meta', STRUCTURES.from, STRUCTURES.to)) {
    const id = structureIdOf(key)
    const bytes = unseal(value, () => `the record of ${id} in meta`)
    records.set(id, JSON.parse(Buffer.from(bytes).toString()) as StructureRecord)
  }
  return records
}
