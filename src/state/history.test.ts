import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemRuntime as runtime } from '../base/runtime.ts'
import { drain } from '../base/slices.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { INT8, TEXT } from '../types/sql-type.ts'
import { History, type TickChanges } from './history.ts'
import { openMemoryStore } from './memory-store.ts'
import type { Store } from './store.ts'

const types = [INT8, TEXT]
const changes = (tick: number, rows = 1): TickChanges => ({
  tick,
  timestampMs: tick * 1000,
  batches: [
    batchFromRows(
      types,
      Array.from({ length: rows }, (_, i) => [tick, `row ${i}`]),
    ),
  ],
})
async function checkpoint(store: Store, history: History, object: string, ticks: readonly TickChanges[]) {
  await store.writeInBackground(drain(history.stage(object, ticks)))
  history.publish()
}
async function read(history: History, object: string, from: number, to: number) {
  const found = []
  for await (const { tick, timestampMs, batches } of history.read(object, from, to)) {
    found.push({ tick, timestampMs, rows: batches.flatMap((batch) => rowsOf(batch, types)) })
  }
  return found
}
const ticksOf = async (history: History, object = 'u7') => (await read(history, object, 0, 1e9)).map(({ tick }) => tick)

describe('history', () => {
  test('gives the changes of any range of ticks, in order, also after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 6 }), fc.nat(15), fc.nat(15), async (sizes, from, to) => {
        const store = openMemoryStore(runtime)
        let history = await History.open(store, 0)
        const all: number[] = []
        let tick = 1
        for (const size of sizes) {
          const some = Array.from({ length: size }, () => tick++)
          tick++ // a tick without a change
          all.push(...some)
          await checkpoint(
            store,
            history,
            'u7',
            some.map((t) => changes(t, 2)),
          )
          await checkpoint(store, history, 'u70', [changes(tick)])
        }
        const expected = all
          .filter((t) => t >= from && t <= to)
          .map((t) => ({
            tick: t,
            timestampMs: t * 1000,
            rows: [
              [t, 'row 0'],
              [t, 'row 1'],
            ],
          }))
        expect(await read(history, 'u7', from, to)).toEqual(expected)
        history = await History.open(store, 1e6)
        expect(await read(history, 'u7', from, to)).toEqual(expected)
      }),
    )
  })

  test('large ticks are spread over blocks and come back as one', async () => {
    const store = openMemoryStore(runtime)
    const history = await History.open(store, 0)
    const big = { ...changes(3, 4000), batches: Array.from({ length: 5 }, () => changes(3, 4000).batches[0]) }
    await checkpoint(store, history, 'u7', [changes(2), big, changes(4)])
    const found = await read(history, 'u7', 0, 9)
    expect(found.map(({ tick, rows }) => [tick, rows.length])).toEqual([
      [2, 1],
      [3, 20_000],
      [4, 1],
    ])
  })

  test('what belongs to an unpublished checkpoint is removed at the next start', async () => {
    const store = openMemoryStore(runtime)
    const history = await History.open(store, 0)
    await checkpoint(store, history, 'u7', [changes(1)])
    const size = await store.sizeBytes()
    await store.writeInBackground(drain(history.stage('u7', [changes(2), changes(3)])))
    expect(await ticksOf(history)).toEqual([1])
    const again = await History.open(store, 1)
    expect(await ticksOf(again)).toEqual([1])
    expect(await store.sizeBytes()).toBe(size)
  })

  test('is trimmed by age and by size from the front, but not beyond what a sink still needs', async () => {
    const store = openMemoryStore(runtime)
    let history = await History.open(store, 0)
    for (let tick = 1; tick <= 6; tick++) await checkpoint(store, history, 'u7', [changes(tick)])
    const none = { nowMs: 0, ageMsMax: 0, bytesMax: 1e9 }
    await store.writeInBackground(history.trim({ ...none, nowMs: 7000, ageMsMax: 4500 }))
    expect(await ticksOf(history)).toEqual([3, 4, 5, 6])
    expect(history.trimmedThrough('u7')).toBe(2)
    await store.writeInBackground(history.trim({ ...none, bytesMax: 1, keepFrom: () => 5 }))
    expect(await ticksOf(history)).toEqual([5, 6])
    history = await History.open(store, 6)
    expect(await ticksOf(history)).toEqual([5, 6])
    expect(history.trimmedThrough('u7')).toBe(4)
    await store.writeInBackground(history.forget('u7'))
    expect(await ticksOf(await History.open(store, 6))).toEqual([])
  })
})
