import { zstdCompressSync } from 'node:zlib'
import kafkajs, { type Admin, type Kafka as KafkaClient } from 'kafkajs'
import { silentLog } from '../../base/log.ts'
import { KafkajsTransport } from './kafkajs-transport.ts'
import type { KafkaWorld } from './source.testkit.ts'

// kafkajs is CommonJS, and not all of its names are seen as exports.
const { CompressionCodecs, CompressionTypes, Kafka, logLevel, Partitioners } = kafkajs

/** What the tests need of a broker process. */
export interface BrokerProcess {
  readonly brokers: readonly string[]
  kill(): Promise<void>
  restart(): Promise<void>
}

/** A real Kafka as the suite wants it; producing through kafkajs, reading through our own transport. */
export class RealWorld implements KafkaWorld {
  readonly brokers: string
  readonly threads: boolean
  readonly openTransport = (brokers: readonly string[], clientId: string) =>
    new KafkajsTransport({ brokers, clientId, resolve: [] }, silentLog)
  private readonly service: BrokerProcess
  private readonly kafka: KafkaClient
  private readonly admin: Admin
  private transactions = 0

  constructor(service: BrokerProcess, threads: boolean) {
    this.service = service
    this.threads = threads
    this.brokers = service.brokers.join(',')
    CompressionCodecs[CompressionTypes.ZSTD] = () => ({
      compress: async (encoder: { buffer: Buffer }) => zstdCompressSync(encoder.buffer),
      decompress: async (buffer: Buffer) => buffer,
    })
    this.kafka = new Kafka({ brokers: [...service.brokers], logLevel: logLevel.NOTHING })
    this.admin = this.kafka.admin()
  }

  async connect(): Promise<void> {
    await this.admin.connect()
  }
  async disconnect(): Promise<void> {
    await this.admin.disconnect()
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    // A topic of the same name that was just deleted may linger for a moment.
    for (let attempt = 0; ; attempt++) {
      try {
        await this.admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true })
        return
      } catch (error) {
        if (attempt === 20) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }
  async addPartitions(topic: string, total: number): Promise<void> {
    await this.admin.createPartitions({ topicPartitions: [{ topic, count: total }] })
  }
  async deleteTopic(topic: string): Promise<void> {
    await this.admin.deleteTopics({ topics: [topic] })
  }
  async truncate(topic: string, partition: number, before: number): Promise<void> {
    await this.admin.fetchTopicMetadata({ topics: [topic] })
    await this.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] })
  }

  produce: KafkaWorld['produce'] = async (topic, partition, records, options = {}) => {
    const compression = {
      none: CompressionTypes.None,
      gzip: CompressionTypes.GZIP,
      zstd: CompressionTypes.ZSTD,
      snappy: CompressionTypes.Snappy,
    }[options.compression ?? 'none']
    const messages = records.map(({ key, value, timestampMs }) => ({
      partition,
      key: bufferOf(key ?? null),
      value: bufferOf(value),
      ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
    }))
    // One producer each time: kafkajs learns of new partitions and new incarnations of a topic only by and by.
    const producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    await producer.send({ topic, messages, compression, acks: -1 })
    await producer.disconnect()
  }

  transaction: KafkaWorld['transaction'] = async (topic, partition, values, outcome) => {
    const transactionalId = `suite-${process.pid}-${++this.transactions}`
    const producer = this.kafka.producer({
      transactionalId,
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: values.map((value) => ({ partition, value })) })
    if (outcome === 'commit') await transaction.commit()
    else await transaction.abort()
    await producer.disconnect()
  }

  async stopBroker(): Promise<void> {
    await this.service.kill()
  }
  async startBroker(): Promise<void> {
    await this.service.restart()
  }
}

function bufferOf(value: string | Uint8Array | null): Buffer | null {
  return value === null ? null : Buffer.from(value as Uint8Array)
}
