import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { systemRuntime as runtime } from '../base/runtime.ts'
import { ALL_KEYS } from './keys.ts'
import { openInlineStore, openReadOnlyStore } from './lmdb/inline.ts'
import { openLmdbStore } from './lmdb/store.ts'
import { openMemoryStore } from './memory-store.ts'
import { SimStore } from './sim-store.testkit.ts'
import { type Store, StoreFailure, type WriteOp } from './store.ts'

const directories: string[] = []
const directory = () => {
  directories.push(mkdtempSync(join(tmpdir(), 'millrace-store-')))
  return directories[directories.length - 1]
}
afterAll(() => {
  for (const path of directories) rmSync(path, { recursive: true, force: true })
})
const ballastBytes = 4096
const key = (...bytes: number[]) => Uint8Array.from(bytes)
const put = (db: 'meta' | 'delta', k: Uint8Array, value: Uint8Array): WriteOp => ({ kind: 'put', db, key: k, value })
const bytesAt = async (store: Store, k: Uint8Array) => [...((await store.get('meta', k)) ?? [])]
async function dump(store: Store, from = ALL_KEYS.from, to = ALL_KEYS.to): Promise<[string, string][]> {
  const entries: [string, string][] = []
  for await (const entry of store.range('delta', from, to)) {
    entries.push([Buffer.from(entry.key).toString('hex'), Buffer.from(entry.value).toString('hex')])
  }
  return entries
}

const opens: Record<string, () => Store> = {
  memory: () => openMemoryStore(runtime),
  'inline LMDB': () => openInlineStore({ directory: directory(), runtime, ballastBytes }),
  'LMDB on its thread': () => openLmdbStore({ directory: directory(), runtime, ballastBytes }),
  simulation: () => new SimStore({ seed: 7, runtime }),
}

describe.each(Object.entries(opens))('the store: %s', (_, open) => {
  test('keeps blocks in memcmp order, whatever was put and removed', async () => {
    const anyKey = fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 })
    const anyOp: fc.Arbitrary<WriteOp> = fc.oneof(
      fc.record({ kind: fc.constant('put'), db: fc.constant('delta'), key: anyKey, value: fc.uint8Array() }),
      fc.record({ kind: fc.constant('remove'), db: fc.constant('delta'), key: anyKey }),
      fc.record({ kind: fc.constant('removeRange'), db: fc.constant('delta'), from: anyKey, to: anyKey }),
    ) as fc.Arbitrary<WriteOp>
    const store = open()
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.array(anyOp)), { maxLength: 5 }),
        anyKey,
        async (groups, from) => {
          await store.commit([{ kind: 'removeRange', db: 'delta', ...ALL_KEYS }])
          let model: [string, string][] = []
          for (const [background, ops] of groups) {
            for (const op of ops) {
              if (op.kind === 'removeRange') model = model.filter(([k]) => !(k >= hex(op.from) && k < hex(op.to)))
              else model = model.filter(([k]) => k !== hex(op.key))
              if (op.kind === 'put') model.push([hex(op.key), hex(op.value)])
            }
            await (background ? store.writeInBackground(ops) : store.commit(ops))
          }
          model.sort(([a], [b]) => (a < b ? -1 : 1))
          expect(await dump(store)).toEqual(model)
          expect(await dump(store, from)).toEqual(model.filter(([k]) => k >= hex(from)))
          expect(await dump(store, ALL_KEYS.from, from)).toEqual(model.filter(([k]) => k < hex(from)))
        },
      ),
      { numRuns: 25 },
    )
    await store.close()
  })

  test('commits of one turn apply in call order; reads see what has resolved; databases are apart', async () => {
    const store = open()
    const all = Array.from({ length: 50 }, (_, i) => store.commit([put('meta', key(1), key(i))]))
    await Promise.all(all)
    expect(await bytesAt(store, key(1))).toEqual([49])
    expect(await store.get('delta', key(1))).toBeUndefined()
    await store.commit([put('meta', key(2), new Uint8Array(0))])
    expect((await store.get('meta', key(2)))?.length).toBe(0)
    await store.close()
  })

  test('a long background write lets commits through, and all of it arrives', async () => {
    const store = open()
    const ops = Array.from({ length: 600 }, (_, i) =>
      put('delta', key(i >> 8, i & 255), new Uint8Array(16_384).fill(i)),
    )
    const order: string[] = []
    const background = store.writeInBackground(ops).then(() => order.push('background'))
    await store.commit([put('meta', key(1), key(1))])
    order.push('commit')
    await background
    expect(order).toEqual(['commit', 'background'])
    const found: number[] = []
    for await (const { value } of store.range('delta', ALL_KEYS.from, ALL_KEYS.to)) found.push(value[100])
    expect(found).toEqual(ops.map((_, i) => i & 255))
    expect(await store.sizeBytes()).toBeGreaterThan(600 * 16_384)
    await store.close()
  })

  test('a value handed over may be changed by its owner afterwards', async () => {
    const store = open()
    const value = key(1, 2, 3)
    const done = store.commit([put('meta', key(1), value)])
    await done
    value.fill(9)
    expect(await bytesAt(store, key(1))).toEqual([1, 2, 3])
    await store.close()
  })

  test('a failure is final: what waits and what follows gets it', async () => {
    const store = open()
    const bad = store.commit([put('meta', new Uint8Array(3000).fill(1), key(1))])
    await expect(bad).rejects.toThrow(StoreFailure)
    await expect(store.commit([])).rejects.toThrow(StoreFailure)
    await expect(store.get('meta', key(1))).rejects.toThrow(StoreFailure)
    await store.close()
  })
})

describe.each([
  ['inline LMDB', openInlineStore],
  ['LMDB on its thread', openLmdbStore],
] as const)('%s', (_, open) => {
  test('finds everything again, and only one server has the directory', async () => {
    const path = directory()
    const first = open({ directory: path, runtime, ballastBytes })
    await first.commit([put('meta', key(1), key(42))])
    expect(() => open({ directory: path, runtime, ballastBytes })).toThrow(/in use by another server \(process \d+\)/)
    await first.close()
    const second = open({ directory: path, runtime, ballastBytes })
    expect(await bytesAt(second, key(1))).toEqual([42])
    await second.close()
    const reader = openReadOnlyStore({ directory: path, runtime })
    expect(await bytesAt(reader, key(1))).toEqual([42])
    await reader.close()
  })
})

describe('the lock of a data directory', () => {
  test.each([
    ['of a dead process', { pid: 4_000_000, started: '1', boot: 'x' }],
    ['of this pid before the last boot', { pid: process.pid, started: '1', boot: 'x' }],
    ['that is no lock', 'garbage'],
  ])('a lock %s is taken over', async (_name, lock) => {
    const path = directory()
    writeFileSync(join(path, 'lock'), JSON.stringify(lock))
    const store = openInlineStore({ directory: path, runtime, ballastBytes })
    await store.commit([put('meta', key(1), key(1))])
    await store.close()
  })
})

describe('a crash of the simulated disk', () => {
  test('keeps every confirmed commit, whole and in order; the others whole or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 30 }), async (seed, commits) => {
        const store = new SimStore({ seed, runtime, delayMsMax: 0.1 })
        let confirmed = 0
        for (let i = 1; i <= commits; i++) {
          const both = [put('meta', key(1), key(i)), put('meta', key(2), key(i))]
          store.commit(both).then(
            () => (confirmed = i),
            () => {},
          )
          store.writeInBackground([put('delta', key(i, 1), key(i)), put('delta', key(i, 2), key(i))]).catch(() => {})
          if (i % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        }
        const after = new SimStore({ seed: seed ^ 1, runtime, disk: store.crash() })
        const [a, b] = [(await after.get('meta', key(1)))?.[0] ?? 0, (await after.get('meta', key(2)))?.[0] ?? 0]
        expect(a).toBe(b)
        expect(a).toBeGreaterThanOrEqual(confirmed)
        const torn = await dump(after)
        expect(torn.map(([k]) => k)).toEqual(
          Array.from({ length: commits }, (_, i) => [i + 1, i + 1])
            .flatMap(([i]) => [1, 2].map((n) => Buffer.from([i, n]).toString('hex')))
            .slice(0, torn.length),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('an injected failure kills the store, and the same seed does the same', async () => {
    const run = async () => {
      const store = new SimStore({ seed: 3, runtime, failureChance: 0.2, delayMsMax: 0.1 })
      let n = 0
      while (
        await store.commit([put('meta', key(1), key(1))]).then(
          () => true,
          () => false,
        )
      )
        n++
      return n
    }
    expect(await run()).toBe(await run())
  })
})
