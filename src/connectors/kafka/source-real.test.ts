import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KafkaService, startKafka } from '../../../tools/services/kafka.ts'
import { serviceMissing } from '../../../tools/services/missing.ts'
import { RealWorld } from './real-world.testkit.ts'
import { order, orderSpec, range, readAll, sourceOf } from './source.testkit.ts'
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
  }, 180_000)

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

  test('a broker that does not answer is an error within ten seconds that names host and reason', async () => {
    const world = { ...inThread, brokers: '127.0.0.1:1,localhost:2', openTransport: inThread.openTransport }
    const source = sourceOf(world as unknown as RealWorld, {
      ...orderSpec(inThread, 'x'),
      transport: { kind: 'kafka', options: { broker: world.brokers, topic: 'x' } },
    })
    const start = performance.now()
    await expect(source.partitions()).rejects.toMatchObject({
      sqlstate: '08001',
      message: expect.stringMatching(/127\.0\.0\.1:1": connection refused.*localhost:2": connection refused/),
    })
    expect(performance.now() - start).toBeLessThan(10_000)
    await source.close()
  })
})
