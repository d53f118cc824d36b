import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { silentLog as log } from '../base/log.ts'
import { systemRuntime as runtime } from '../base/runtime.ts'
import { buildColumn } from '../types/column-build.ts'
import { INT8 } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { Checkpointer } from './checkpoint.ts'
import { CHUNK_MASK, CHUNK_SHIFT } from './contract.ts'
import { anyDelta, contents, deltaBatch, Multiset, rowTypes } from './deltas.testkit.ts'
import { createState, type State } from './factory.ts'
import { ALL_KEYS } from './keys.ts'
import { openInlineStore, openReadOnlyStore } from './lmdb/inline.ts'
import { openLmdbStore } from './lmdb/store.ts'
import { openMemoryStore } from './memory-store.ts'
import { loadState, recoverState } from './recovery.ts'
import { SimStore } from './sim-store.testkit.ts'
import type { Store } from './store.ts'

const directories: string[] = []
function directory(): string {
  directories.push(mkdtempSync(join(tmpdir(), 'millrace-state-')))
  return directories[directories.length - 1]
}
afterAll(() => {
  for (const path of directories) rmSync(path, { recursive: true, force: true })
})

const codec = {
  encode: (v: unknown) => Buffer.from(JSON.stringify(v)),
  decode: (b: Uint8Array) => JSON.parse(Buffer.from(b).toString()) as unknown,
}
const order = [{ column: 0, desc: false, nullsFirst: false }]

/** What a server has: an arrangement with a key, one with an order, a keyed table that counts. */
class Server {
  readonly state: State
  readonly keyed
  readonly ordered
  readonly table

  constructor() {
    this.state = createState()
    this.keyed = this.state.arrangement({ id: 'v1/1/rows', types: rowTypes, key: [1] })
    this.ordered = this.state.arrangement({ id: 'v1/2/rows', types: rowTypes, key: [], order })
    this.table = this.state.keyedTable({
      id: 'v1/3/groups',
      keyTypes: [INT8],
      columns: ['f64', 'any'],
      anyCodec: codec,
    })
  }
  apply(delta: readonly (readonly [Row, number])[]): void {
    this.keyed.apply(deltaBatch(delta))
    this.ordered.apply(deltaBatch(delta))
    const slots = new Int32Array(delta.length)
    const keys = buildColumn(
      INT8,
      delta.map(([row]) => row[0]),
    )
    this.table.findOrInsert([keys], delta.length, slots)
    delta.forEach(([, diff], i) => {
      const [chunk, at] = [slots[i] >> CHUNK_SHIFT, slots[i] & CHUNK_MASK]
      this.table.touch(slots[i])
      this.table.chunkF64(0, chunk)[at] += diff
      this.table.chunkAny(1, chunk)[at] = { sum: this.table.chunkF64(0, chunk)[at] }
    })
    for (const slot of new Set(slots)) {
      if (this.table.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] === 0) this.table.remove(slot)
    }
  }
  groups(): Map<unknown, number> {
    const groups = new Map<unknown, number>()
    for (const slot of this.table.slots()) {
      const [key] = this.table.gatherKeys(Int32Array.of(slot), 1)
      const name = key.nulls?.[0] === 1 ? null : key.kind === 'i64' || key.kind === 'f64' ? String(key.data[0]) : '?'
      const sum = this.table.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
      expect(this.table.chunkAny(1, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]).toEqual({ sum })
      groups.set(name, sum)
    }
    return groups
  }
  async checkpoint(checkpointer: Checkpointer, tick: number): Promise<void> {
    const collecting = this.state.collect()
    let step = collecting.next()
    while (!step.done) step = collecting.next()
    await checkpointer.write({ tick, deltas: step.value, extras: Uint8Array.of(tick) })
  }
}

/** What the server must be after a tick. */
class Model {
  readonly rows = new Multiset(rowTypes)
  readonly groups = new Map<unknown, number>()

  apply(delta: readonly (readonly [Row, number])[]): void {
    this.rows.apply(delta)
    for (const [row, diff] of delta) {
      const name = row[0] === null ? null : String(row[0])
      this.groups.set(name, (this.groups.get(name) ?? 0) + diff)
    }
    for (const [name, sum] of this.groups) if (sum === 0) this.groups.delete(name)
  }
}
function expectEqual(server: Server, model: Model): void {
  const rows = model.rows.sorted()
  expect(contents(server.keyed)).toEqual(rows)
  expect(contents(server.ordered)).toEqual(rows)
  expect(server.groups()).toEqual(model.groups)
}
async function recover(store: Store, server: Server) {
  return recoverState({ store, state: server.state, runtime, log, compactBytesMin: 200 })
}

describe.each([
  ['memory', 60, () => openMemoryStore(runtime)],
  ['inline LMDB', 15, () => openInlineStore({ directory: directory(), runtime, ballastBytes: 4096 })],
  ['LMDB on its thread', 4, () => openLmdbStore({ directory: directory(), runtime, ballastBytes: 4096 })],
] as const)('checkpoints in %s', (_, numRuns, open) => {
  test('state restored at any point equals the original, deltas, compactions and all', async () => {
    let compactions = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyDelta, fc.constantFrom('go on', 'checkpoint', 'restart')), { maxLength: 12 }),
        async (plan) => {
          const store = open()
          let server = new Server()
          let { checkpointer } = await recover(store, server)
          const model = new Model()
          let tick = 0
          for (const [delta, what] of plan) {
            server.apply(delta)
            model.apply(delta)
            tick++
            if (what === 'go on') continue
            await server.checkpoint(checkpointer, tick)
            if (what === 'checkpoint') continue
            await checkpointer.settle()
            compactions += checkpointer.done.compactions
            server = new Server()
            const recovered = await recover(store, server)
            checkpointer = recovered.checkpointer
            expect(recovered.published).toMatchObject({ tick, extras: Uint8Array.of(tick) })
            expect(recovered.unclaimed).toEqual([])
            expectEqual(server, model)
          }
          await checkpointer.settle()
          await store.close()
        },
      ),
      { numRuns },
    )
    if (numRuns > 10) expect(compactions).toBeGreaterThan(0)
  })
})

describe('a crash', () => {
  test('at any moment leaves the last published checkpoint, or the next, whole; leftovers are removed', async () => {
    const seen = { compactions: 0, unpublished: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.tuple(anyDelta, fc.nat(12)), { minLength: 1, maxLength: 8 }),
        async (seed, plan) => {
          let store = new SimStore({ seed, runtime, delayMsMax: 0.3 })
          let server = new Server()
          let { checkpointer } = await recover(store, server)
          // Deltas of the ticks so far: the recovered tick tells how many count; the rest is applied again.
          const deltas: (readonly (readonly [Row, number])[])[] = []
          for (const [delta, patience] of plan) {
            deltas.push(delta)
            server.apply(delta)
            const writing = server.checkpoint(checkpointer, deltas.length).catch(() => {})
            if (patience > 6) {
              await writing
              continue
            }
            for (let i = 0; i < patience; i++) await runtime.yieldToIo()
            seen.compactions += checkpointer.done.compactions
            const wasPublished = checkpointer.published?.tick ?? 0
            store = new SimStore({ seed: seed + deltas.length, runtime, delayMsMax: 0.1, disk: store.crash() })
            await writing
            server = new Server()
            const recovered = await recover(store, server)
            checkpointer = recovered.checkpointer
            const tick = recovered.published?.tick ?? 0
            expect(tick).toBeGreaterThanOrEqual(wasPublished)
            const again = await loadState({ store, state: createState(), runtime, log })
            expect(again.leftovers).toEqual([])
            if (tick < deltas.length) seen.unpublished++
            const model = new Model()
            for (const past of deltas.slice(0, tick)) model.apply(past)
            expectEqual(server, model)
            for (const lost of deltas.slice(tick)) server.apply(lost)
          }
          await checkpointer.settle()
          await store.close()
        },
      ),
      { numRuns: 60 },
    )
    expect(seen.compactions).toBeGreaterThan(0)
    expect(seen.unpublished).toBeGreaterThan(0)
  })
})

describe('blocks', () => {
  const rows = (n: number): [Row, number][] => Array.from({ length: n }, (_, i) => [[i, `row ${i}`, null, i / 2], 1])

  test('a dropped structure frees its blocks, also when another takes its name at once', async () => {
    const store = openMemoryStore(runtime)
    const server = new Server()
    const { checkpointer } = await recover(store, server)
    server.apply(rows(500))
    await server.checkpoint(checkpointer, 1)
    await checkpointer.settle()
    const before = await store.sizeBytes()
    server.state.drop('v1/1/rows')
    const again = server.state.arrangement({ id: 'v1/1/rows', types: rowTypes, key: [0] })
    again.apply(deltaBatch(rows(1)))
    server.state.drop('v1/2/rows')
    server.state.drop('v1/3/groups')
    await server.checkpoint(checkpointer, 2)
    await store.writeInBackground([])
    expect(await store.sizeBytes()).toBeLessThan(before / 20)
    const fresh = createState()
    const restored = fresh.arrangement({ id: 'v1/1/rows', types: rowTypes, key: [0] })
    await recoverState({ store, state: fresh, runtime, log })
    expect(contents(restored)).toEqual([{ row: [0, 'row 0', null, 0], diff: 1 }])
  })

  test('are at most 64 KiB, and a damaged one is named', async () => {
    const store = openMemoryStore(runtime)
    const server = new Server()
    const { checkpointer } = await recover(store, server)
    server.apply(rows(20_000))
    server.apply(rows(9000).map(([row]) => [row, -1]))
    await server.checkpoint(checkpointer, 1)
    const found: { key: Uint8Array; value: Uint8Array }[] = []
    for await (const entry of store.range('delta', ALL_KEYS.from, ALL_KEYS.to)) found.push(entry)
    expect(found.length).toBeGreaterThan(10)
    expect(Math.max(...found.map(({ value }) => value.length))).toBeLessThanOrEqual(64 * 1024)
    await checkpointer.settle()
    const other = openMemoryStore(runtime)
    for (const db of ['meta', 'delta', 'base'] as const) {
      for await (const { key, value } of store.range(db, ALL_KEYS.from, ALL_KEYS.to)) {
        const bytes = new Uint8Array(value)
        if (db === 'base') bytes[bytes.length >> 1] ^= 1
        await other.commit([{ kind: 'put', db, key, value: bytes }])
      }
    }
    await expect(recover(other, new Server())).rejects.toThrow(
      'block 0 of generation 1 of v1/1/rows in base is damaged: its checksum does not match',
    )
  })

  test('a key with thousands of rows is restored with each of them found by itself', async () => {
    const store = openMemoryStore(runtime)
    const types = [INT8, INT8]
    const make = (state: State) => state.arrangement({ id: 'a', types, key: [1] })
    const many = Array.from({ length: 5000 }, (_, i): [Row, number] => [[i, i % 2], 1])
    const state = createState()
    make(state).apply(deltaBatch(many, types))
    const { checkpointer } = await recoverState({ store, state: createState(), runtime, log })
    const collecting = state.collect()
    let step = collecting.next()
    while (!step.done) step = collecting.next()
    await checkpointer.write({ tick: 1, deltas: step.value, extras: new Uint8Array(0) })
    const fresh = createState()
    const restored = make(fresh)
    await recoverState({ store, state: fresh, runtime, log })
    restored.apply(
      deltaBatch(
        many.slice(1).map(([row]) => [row, -1]),
        types,
      ),
    )
    expect(contents(restored, types)).toEqual([{ row: [0, 0], diff: 1 }])
  })

  test('a stopped directory can be read, and nothing is written to it; what nobody claims can be dropped', async () => {
    const path = directory()
    let store = openInlineStore({ directory: path, runtime, ballastBytes: 4096 })
    const server = new Server()
    const { checkpointer } = await recover(store, server)
    server.apply(rows(10))
    await server.checkpoint(checkpointer, 7)
    await checkpointer.settle()
    await store.close()
    const reader = openReadOnlyStore({ directory: path, runtime })
    const state = createState()
    const keyed = state.arrangement({ id: 'v1/1/rows', types: rowTypes, key: [1] })
    const loaded = await loadState({ store: reader, state, runtime, log })
    expect(loaded).toMatchObject({ published: { tick: 7 }, unclaimed: ['v1/2/rows', 'v1/3/groups'] })
    expect(contents(keyed)).toEqual(contents(server.keyed))
    await reader.close()
    store = openInlineStore({ directory: path, runtime, ballastBytes: 4096 })
    const after = new Server()
    const second = await recover(store, after)
    after.state.drop('v1/2/rows')
    await after.checkpoint(second.checkpointer, 8)
    const { unclaimed } = await loadState({ store, state: createState(), runtime, log })
    expect(unclaimed).toEqual(['v1/1/rows', 'v1/3/groups'])
    await store.close()
  })

  test('collect gives the engine its turn, and an unchanged state writes nothing', () => {
    const state = createState()
    const arrangement = state.arrangement({ id: 'a', types: [INT8], key: [0] })
    const many = Array.from({ length: 200_000 }, (_, i): [Row, number] => [[i], 1])
    arrangement.apply(deltaBatch(many, [INT8]))
    expect(state.dirtyRows()).toBe(200_000)
    expect(state.dirtyBytes()).toBeGreaterThan(200_000 * 16)
    const collecting = state.collect()
    let slices = 0
    while (!collecting.next().done) slices++
    expect(slices).toBeGreaterThanOrEqual(3)
    expect(state.dirtyRows()).toBe(0)
    expect(state.collect().next()).toEqual({ done: true, value: [] })
  })
})
