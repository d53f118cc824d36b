import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KafkaService, startKafka } from './kafka.ts'
import { serviceMissing } from './missing.ts'
import { portOpen } from './ports.ts'

const missing = serviceMissing('kafka')

describe.skipIf(missing !== null)(`a real Kafka${missing === null ? '' : ` (${missing})`}`, () => {
  let service: KafkaService
  const client = () => new Kafka({ brokers: [...service.brokers], logLevel: logLevel.NOTHING, retry: { retries: 1 } })

  const highOffset = async (topic: string): Promise<string> => {
    const admin = client().admin()
    await admin.connect()
    try {
      return (await admin.fetchTopicOffsets(topic))[0].high
    } finally {
      await admin.disconnect()
    }
  }

  const produce = async (topic: string, count: number): Promise<void> => {
    const producer = client().producer({ allowAutoTopicCreation: false })
    await producer.connect()
    await producer.send({ topic, messages: Array.from({ length: count }, (_, i) => ({ value: String(i) })) })
    await producer.disconnect()
  }

  beforeAll(async () => {
    service = await startKafka()
    const admin = client().admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 't', numPartitions: 1 }], waitForLeaders: true })
    await admin.disconnect()
  })

  afterAll(async () => service?.stop())

  test('takes records', async () => {
    await produce('t', 3)
    expect(await highOffset('t')).toBe('3')
  })

  test('keeps them across kill -9 and a restart on the same port', async () => {
    const before = Number(await highOffset('t'))
    const { pid } = service
    await service.kill()
    expect(service.pid).toBeNull()
    expect(await portOpen(service.port)).toBe(false)
    await service.restart()
    expect(service.pid).not.toBe(pid)
    await sleep(100)
    expect(Number(await highOffset('t'))).toBe(before)
    await produce('t', 2)
    expect(Number(await highOffset('t'))).toBe(before + 2)
  })

  test('makes no topic by itself', async () => {
    await expect(produce('misspelt', 1)).rejects.toThrow()
  })
})
