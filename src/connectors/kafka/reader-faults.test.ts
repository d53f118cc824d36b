import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemRuntime } from '../../base/runtime.ts'
import { FakeCluster } from './fake-cluster.ts'
import { fakeWorld } from './fake-world.testkit.ts'
import { order, orderSpec, range, sourceOf, Taken } from './source.testkit.ts'

/** Timers that hardly wait: faults are many, back-off is not what is tested. */
const hurried = { ...systemRuntime, setTimer: (fn: () => void, ms: number) => systemRuntime.setTimer(fn, ms / 50) }

describe('a reader among failing brokers', () => {
  test('any order of faults, leader moves and slow takers: every record once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        let state = seed
        const random = () => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0
          return state / 2 ** 32
        }
        const cluster = new FakeCluster(3)
        cluster.createTopic('t', 4)
        cluster.fault = () => (random() < 0.2 ? 'connection' : null)
        const world = fakeWorld(cluster, hurried)
        const source = sourceOf(world, orderSpec(world, 't'), undefined, hurried)
        const taken = new Taken()
        const options = taken.options(new Map(range(0, 4).map((partition) => [partition, 0])))
        const reader = source.open({
          ...options,
          onBatch: async (batch) => {
            await options.onBatch(batch)
            if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve))
          },
        })
        const expected = new Map(range(0, 5).map((partition) => [partition, [] as number[]]))
        let id = 0
        for (const step of range(0, 30)) {
          const partition = Math.floor(random() * cluster.topic('t').partitions.length)
          const ids = range(id, (id += 1 + Math.floor(random() * 20)))
          cluster.produce(
            't',
            partition,
            ids.map((each) => order(each)),
          )
          expected.get(partition)!.push(...ids)
          if (random() < 0.2) cluster.moveLeader('t', partition, Math.floor(random() * 3))
          if (step === 15) cluster.addPartitions('t', 1)
          if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 1))
        }
        await taken.until('all records', () => taken.count === id)
        await reader.stop()
        for (const [partition, ids] of expected) expect(taken.rows(partition).map(([each]) => each)).toEqual(ids)
        expect(taken.statuses.some((status) => status.state === 'failed')).toBe(false)
      }),
      { numRuns: 25 },
    )
  })

  test('a broker that accepts and never answers is a stall, and stopping does not wait for it', async () => {
    const cluster = new FakeCluster()
    cluster.createTopic('t', 1)
    const world = fakeWorld(cluster, hurried)
    const source = sourceOf(world, orderSpec(world, 't'), undefined, hurried)
    const taken = new Taken()
    cluster.hung.add(0)
    const reader = source.open(taken.options(new Map([[0, 0]])))
    await taken.until('a stall', () => taken.status.state === 'stalled')
    expect(taken.status).toMatchObject({ error: expect.stringContaining('no answer within the time limit') })
    cluster.hung.delete(0)
    cluster.produce('t', 0, [order(1)])
    await taken.until('the record', () => taken.count === 1)
    cluster.hung.add(0)
    await reader.stop()
    await source.close()
  })

  test('a taker that fails ends the reader', async () => {
    const cluster = new FakeCluster()
    cluster.createTopic('t', 1)
    cluster.produce('t', 0, [order(1)])
    const world = fakeWorld(cluster)
    const source = sourceOf(world, orderSpec(world, 't'))
    const taken = new Taken()
    const options = taken.options(new Map([[0, 0]]))
    const reader = source.open({ ...options, onBatch: () => Promise.reject(new Error('disk full')) })
    await taken.until('the failure', () => taken.status.state === 'failed')
    expect(taken.status).toEqual({ state: 'failed', sqlstate: 'XX000', error: 'disk full' })
    await reader.stop()
  })

  test('snappy is refused by name, without passing over its records', async () => {
    const cluster = new FakeCluster()
    cluster.createTopic('t', 1)
    cluster.produce('t', 0, [order(1)])
    cluster.produce('t', 0, [order(2)], { compression: 'snappy' })
    const world = fakeWorld(cluster)
    const source = sourceOf(world, orderSpec(world, 't'))
    const taken = new Taken()
    const reader = source.open(taken.options(new Map([[0, 0]])))
    await taken.until('the failure', () => taken.status.state === 'failed')
    expect(taken.status).toMatchObject({
      sqlstate: '0A000',
      error: 'partition 0, offset 1: compressed with snappy, which is not supported (gzip and zstd are)',
    })
    expect(taken.positions.get(0)).toBe(1)
    await reader.stop()
  })
})
