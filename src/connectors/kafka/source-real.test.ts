import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KafkaService, startKafka } from '../../../tools/services/kafka.ts'
import { serviceMissing } from '../../../tools/services/missing.ts'
import { RealWorld } from './real-world.testkit.ts'
import { order, orderSpec, range, readAll, sourceOf, Taken } from './source.testkit.ts'
import { kafkaSourceSuite } from './source-suite.testkit.ts'

const missing = serviceMissing('kafka')

describe.skipIf(missing !== null)(`Kafka source, a real broker${missing === null ? '' : ` (${missing})`}`, () => {
  let service: KafkaService
  let threaded: RealWorld
  let inThread: RealWorld

  beforeAll(async () => {
    service = await startKafka()
    threaded = new RealWorld(service, true)
    inThread = new RealWorld(service, false)
    await threaded.connect()
    await inThread.connect()
  })

  afterAll(async () => {
    await threaded?.disconnect()
    await inThread?.disconnect()
    await service?.stop()
  })

  kafkaSourceSuite(() => threaded)

  test('100,000 records in 4 partitions are the same in this thread and in a worker', async () => {
    const topic = `throughput-${process.pid}`
    await threaded.createTopic(topic, 4)
    for (const partition of range(0, 4)) {
      for (const from of range(0, 5).map((i) => i * 5_000)) {
        const records = range(from, from + 5_000).map((i) => order(partition * 25_000 + i))
        await threaded.produce(topic, partition, records)
      }
    }
    const sums: number[] = []
    for (const world of [threaded, inThread, threaded]) {
      const source = sourceOf(world, orderSpec(world, topic))
      const start = performance.now()
      const taken = await readAll(source)
      const ms = performance.now() - start
      console.log(
        `${taken.count} records in ${Math.round(ms)} ms ${world.threads ? 'through a worker' : 'in this thread'}`,
      )
      await source.close()
      expect(taken.count).toBe(100_000)
      sums.push(taken.rows().reduce((sum, [id]) => sum + (id as number), 0))
    }
    expect(new Set(sums)).toEqual(new Set([(99_999 * 100_000) / 2]))
  })

  test('a broker too old for topic ids is asked by name, with the same answer', async () => {
    const topic = `by-name-${process.pid}`
    await inThread.createTopic(topic, 1)
    await inThread.transaction(topic, 0, ['1', '2'], 'abort')
    await inThread.produce(topic, 0, [order(3)], { compression: 'zstd' })
    const transport = inThread.openTransport(service.brokers, 'test')
    const found = (await transport.metadata(topic))!
    const [{ leader }] = found.partitions
    const partitions = [{ partition: 0, offset: 0 }]
    const limits = { leader, partitions, maxWaitMs: 100, maxBytes: 1_000_000, maxPartitionBytes: 1_000_000 }
    const byId = await transport.fetch({ topic: found, ...limits })
    expect(byId[0]).toMatchObject({ error: null, logStart: 0, end: 4, aborted: [{ firstOffset: 0 }] })
    expect(await transport.fetch({ topic: { ...found, id: null }, ...limits })).toEqual(byId)
    await transport.close()
  })

  test('a worker that dies is replaced, and nothing is lost or doubled', async () => {
    const topic = `worker-${process.pid}`
    await threaded.createTopic(topic, 2)
    const source = sourceOf(threaded, orderSpec(threaded, topic))
    const taken = new Taken()
    const reader = source.open(taken.options(await source.startPositions()))
    await threaded.produce(
      topic,
      0,
      range(0, 100).map((i) => order(i)),
    )
    await taken.until('100 records', () => taken.count === 100)
    const thread = Reflect.get(source, 'thread') as object
    await (Reflect.get(thread, 'worker') as Worker).terminate()
    await taken.until('a stall', () => taken.status.state === 'stalled')
    for (const partition of range(0, 2)) await threaded.produce(topic, partition, [order(100 + partition)])
    await taken.until('two more records', () => taken.count === 102)
    expect(
      taken
        .rows()
        .map(([id]) => id as number)
        .sort((a, b) => a - b),
    ).toEqual(range(0, 102))
    await reader.stop()
    await source.close()
  })

  test('a broker that does not answer is an error within ten seconds that names host and reason', async () => {
    const transport = { kind: 'kafka', options: { broker: '127.0.0.1:1,localhost:2', topic: 'x' } }
    const source = sourceOf(inThread, { ...orderSpec(inThread, 'x'), transport })
    const start = performance.now()
    await expect(source.partitions()).rejects.toMatchObject({
      sqlstate: '08001',
      message: expect.stringMatching(/127\.0\.0\.1:1": connection refused.*localhost:2": connection refused/),
    })
    expect(performance.now() - start).toBeLessThan(10_000)
    await source.close()
  })
})
