import type { Admin, Producer } from 'kafkajs'
import { kafkaClient } from './orders.ts'

export interface TopicRecord {
  readonly partition?: number
  readonly key?: string | Buffer | null
  readonly value: string | Buffer | null
  readonly timestamp?: string
  readonly headers?: Record<string, string>
}

/** Makes topics and fills them, over one connection. */
export class Topics {
  readonly #admin: Admin
  readonly #producer: Producer

  private constructor(admin: Admin, producer: Producer) {
    this.#admin = admin
    this.#producer = producer
  }

  static async connect(brokers: string): Promise<Topics> {
    const client = kafkaClient(brokers)
    const topics = new Topics(client.admin(), client.producer({ allowAutoTopicCreation: false }))
    await topics.#admin.connect()
    await topics.#producer.connect()
    return topics
  }

  async create(topic: string, partitions = 1): Promise<void> {
    await this.#admin.createTopics({ topics: [{ topic, numPartitions: partitions }] })
  }
  async drop(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] })
  }
  async addPartitions(topic: string, count: number): Promise<void> {
    await this.#admin.createPartitions({ topicPartitions: [{ topic, count }] })
  }
  async send(topic: string, records: readonly TopicRecord[]): Promise<void> {
    await this.#producer.send({ topic, messages: records.map((r) => ({ ...r })), acks: -1 })
  }
  async close(): Promise<void> {
    await this.#producer.disconnect()
    await this.#admin.disconnect()
  }
}
