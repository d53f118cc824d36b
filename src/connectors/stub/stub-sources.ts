import { runningClock } from '../../base/manual-clock.ts'
import type { Runtime } from '../../base/runtime.ts'
import type { ConnectorSpec } from '../../catalog/entry.ts'
import type { FormatSpec } from '../format/formats.ts'
import { FakeCluster, type FakeRecord } from '../kafka/fake-cluster.ts'
import { FakeTransport } from '../kafka/fake-transport.ts'
import type { OpenTransport } from '../kafka/source.ts'
import type { TopicMetadata } from '../kafka/transport.ts'
import { FakeRegistry } from '../schema-registry/fake-registry.ts'
import { splitKeyed } from './keyed-line.ts'
import { type Encode, encoderOf } from './payload.ts'

export interface StubRecords {
  readonly partition: number
  /** Of all of them. */
  readonly timestampMs: number
  /** Lines are a key and a value. */
  readonly keyed: boolean
  readonly lines: readonly string[]
}

/** What was said about records that cannot be made: a mistake of the test, not of the pipeline. */
export class StubError extends Error {}

/**
 * Kafka and schema registries in memory, for pipelines under test: statements that name brokers and registries run as they
 * stand, and what is fed goes the whole way of a real record, from the broker's bytes through the decoder. Topics are
 * there when they are asked for. They outlive a server, as brokers do.
 */
export class StubSources {
  readonly registry = new FakeRegistry()
  readonly #runtime: Runtime
  readonly #clusters = new Map<string, FakeCluster>()
  /** Topics of more than one partition. */
  readonly #partitions = new Map<string, number>()

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  readonly openTransport: OpenTransport = (brokers) => {
    const cluster = this.#clusterAt(brokers)
    return new StubTransport(cluster, this.#runtime, (topic) => this.#make(cluster, topic))
  }

  /** Before the first statement that names it. */
  declareTopic(topic: string, partitions: number): void {
    for (const cluster of this.#clusters.values()) {
      if (cluster.topics.has(topic))
        throw new StubError(`topic "${topic}" is in use already: declare it before its source`)
    }
    this.#partitions.set(topic, partitions)
  }

  /** Resolves with the offset after the last record. */
  async feed(spec: ConnectorSpec, records: StubRecords): Promise<number> {
    if (spec.transport.kind !== 'kafka' || spec.format === null) throw new StubError('only Kafka sources can be fed')
    const topic = String(spec.transport.options['topic'])
    const cluster = this.#clusterAt(brokersOf(spec))
    if (!cluster.topics.has(topic)) this.#make(cluster, topic)
    const count = cluster.topic(topic).partitions.length
    if (records.partition >= count) {
      throw new StubError(
        `topic "${topic}" has ${count} partition${count === 1 ? '' : 's'}: write "topic ${topic} ${records.partition + 1}" before its source`,
      )
    }
    const made = await this.#recordsOf(spec, spec.format, records)
    if (made.length === 0) return cluster.partition(topic, records.partition).next
    return cluster.produce(topic, records.partition, made) + made.length
  }

  async #recordsOf(spec: ConnectorSpec, format: FormatSpec, records: StubRecords): Promise<FakeRecord[]> {
    const { timestampMs, keyed, lines } = records
    const value = await attempt('the value', () => encoderOf(format, this.registry.open))
    const key = keyed ? await attempt('the key', () => keyEncoder(spec.keyFormat, this.registry.open)) : null
    return Promise.all(
      lines.map((line, i) =>
        attempt(`line ${i + 1}`, () => {
          if (key === null) return { key: null, value: value(line.trim()), timestampMs }
          const parts = splitKeyed(line)
          return { key: key(parts.key), value: parts.value === 'null' ? null : value(parts.value), timestampMs }
        }),
      ),
    )
  }

  #clusterAt(brokers: readonly string[]): FakeCluster {
    const key = brokers.join(',')
    let cluster = this.#clusters.get(key)
    if (cluster === undefined) this.#clusters.set(key, (cluster = new FakeCluster()))
    return cluster
  }
  #make(cluster: FakeCluster, topic: string): void {
    cluster.createTopic(topic, this.#partitions.get(topic) ?? 1)
  }
}

class StubTransport extends FakeTransport {
  readonly #stub: FakeCluster
  readonly #make: (topic: string) => void

  constructor(cluster: FakeCluster, runtime: Runtime, make: (topic: string) => void) {
    // How long a fetch waits for records is the broker's affair, wherever the server's clock stands.
    super(cluster, runningClock(runtime))
    this.#stub = cluster
    this.#make = make
  }

  override metadata(name: string): Promise<TopicMetadata | null> {
    if (!this.#stub.topics.has(name)) this.#make(name)
    return super.metadata(name)
  }
}

/** A key of text or bytes is written as a JSON text: "k1". */
async function keyEncoder(format: FormatSpec | null, open: FakeRegistry['open']): Promise<Encode> {
  if (format !== null && format.kind !== 'text' && format.kind !== 'bytes') return encoderOf(format, open)
  return (line) => {
    const value: unknown = JSON.parse(line)
    return value === null ? null : Buffer.from(typeof value === 'string' ? value : line)
  }
}

async function attempt<T>(where: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new StubError(`${where}: ${(error as Error).message}`)
  }
}

function brokersOf(spec: ConnectorSpec): string[] {
  return String(spec.transport.options['broker'])
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '')
}
