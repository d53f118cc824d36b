import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Log } from '../../base/log.ts'
import { type Rewrite, resolvedNote, resolvePlace } from '../resolve.ts'
import { decodeFetch, encodeFetch, FETCH_BY_ID, FETCH_BY_NAME, FETCH_KEY } from './fetch-request.ts'
import { connectionError } from './kafka-errors.ts'
import {
  Broker,
  connectionPoolBuilder,
  Encoder,
  type KafkajsBroker,
  type KafkajsLogger,
  type KafkajsRequestQueue,
  type SocketRequest,
} from './kafkajs-internals.ts'
import { decodeListOffsets, encodeListOffsets, LIST_OFFSETS_KEY, LIST_OFFSETS_VERSION } from './list-offsets-request.ts'
import {
  type BrokerAddress,
  decodeMetadata,
  encodeMetadata,
  METADATA_KEY,
  METADATA_PLAIN,
  METADATA_WITH_ID,
} from './metadata-request.ts'
import {
  type FetchedPartition,
  type FetchRequest,
  KafkaError,
  type KafkaTransport,
  type OffsetAt,
  type TopicMetadata,
} from './transport.ts'

export interface KafkaAddress {
  /** "host:port", tried in turn. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Where these addresses, and those that brokers advertise, really lie. */
  readonly resolve: readonly Rewrite[]
}

const CONNECT_MS = 3_000
const REQUEST_MS = 5_000
/** A long poll that is later than this after its wait has stalled: the connection is dropped. */
const FETCH_GRACE_MS = 5_000

/** KafkaTransport over kafkajs' connections; request bodies and responses are ours (see fetch-request.ts). */
export class KafkajsTransport implements KafkaTransport {
  private readonly address: KafkaAddress
  private readonly log: Log
  private readonly brokers = new Map<string, KafkajsBroker>()
  private readonly connecting = new Map<string, Promise<KafkajsBroker>>()
  private readonly sockets = new Map<Socket, string>()
  /** host:port of each broker id, from the last metadata. */
  private addresses = new Map<number, string>()
  private closed = false

  constructor(address: KafkaAddress, log: Log) {
    this.address = address
    this.log = log
  }

  async metadata(topic: string): Promise<TopicMetadata | null> {
    const failures: KafkaError[] = []
    for (const address of this.seeds()) {
      try {
        const broker = await this.broker(address)
        const version = supports(broker, METADATA_KEY, METADATA_WITH_ID) ? METADATA_WITH_ID : METADATA_PLAIN
        const found = await this.call(address, broker, METADATA_KEY, version, 'Metadata', REQUEST_MS, {
          body: encodeMetadata(topic, version),
          decode: (payload) => decodeMetadata(payload, version),
        })
        this.remember(found.brokers)
        return found.topic
      } catch (error) {
        const failure = this.failure(error, address)
        if (failure.kind !== 'connection') throw failure
        failures.push(failure)
      }
    }
    if (failures.length === 1) throw failures[0]
    const reasons = [...new Set(failures.map((failure) => failure.message))].join('; ')
    throw new KafkaError('connection', '08001', `could not connect to any Kafka broker: ${reasons}`)
  }

  async listOffsets(topic: TopicMetadata, partitions: readonly number[], at: OffsetAt): Promise<Map<number, number>> {
    const offsets = new Map<number, number>()
    for (const [leader, led] of byLeader(topic, partitions)) {
      const address = this.addressOf(leader, topic.name, led[0])
      const broker = await this.connected(address)
      const ask = (which: OffsetAt, of: readonly number[]) =>
        this.call(address, broker, LIST_OFFSETS_KEY, LIST_OFFSETS_VERSION, 'ListOffsets', REQUEST_MS, {
          body: encodeListOffsets(topic.name, of, which),
          decode: decodeListOffsets,
        })
      const found = await ask(at, led)
      const none = found.filter((each) => each.offset < 0).map((each) => each.partition)
      const ends = none.length === 0 ? [] : await ask('latest', none)
      for (const { partition, offset } of [...found, ...ends]) offsets.set(partition, offset)
    }
    return offsets
  }

  async fetch(request: FetchRequest): Promise<readonly FetchedPartition[]> {
    const address = this.addressOf(request.leader, request.topic.name, request.partitions[0].partition)
    const broker = await this.connected(address)
    const byId = request.topic.id !== null && supports(broker, FETCH_KEY, FETCH_BY_ID)
    const version = byId ? FETCH_BY_ID : FETCH_BY_NAME
    return this.call(address, broker, FETCH_KEY, version, 'Fetch', request.maxWaitMs + FETCH_GRACE_MS, {
      body: encodeFetch(request, version),
      decode: (payload) => decodeFetch(payload, version),
    })
  }

  /** Ends every connection at once: a pending long poll is not waited for. */
  async close(): Promise<void> {
    this.closed = true
    this.drop(null)
    await Promise.allSettled([...this.connecting.values()])
  }

  private async call<T>(
    address: string,
    broker: KafkajsBroker,
    apiKey: number,
    apiVersion: number,
    apiName: string,
    requestTimeout: number,
    codec: { readonly body: Buffer; readonly decode: (payload: Buffer) => T },
  ): Promise<T> {
    try {
      return await broker.connectionPool.send<T>({
        request: {
          apiKey,
          apiVersion,
          apiName,
          async encode() {
            const encoder = new Encoder(codec.body.length + 64)
            encoder.writeBufferInternal(codec.body)
            return encoder
          },
        },
        response: {
          decode: async (payload) => ({ value: codec.decode(payload) }),
          parse: async (decoded) => decoded.value,
        },
        requestTimeout,
        logResponseError: false,
      })
    } catch (error) {
      const failure = this.failure(error, address)
      if (failure.kind === 'connection') this.drop(address)
      throw failure
    }
  }

  private failure(error: unknown, address: string): KafkaError {
    const { host, port } = splitAddress(address)
    return connectionError(error, address, resolvedNote(this.address.resolve, host, port))
  }

  private async connected(address: string): Promise<KafkajsBroker> {
    try {
      return await this.broker(address)
    } catch (error) {
      const failure = this.failure(error, address)
      if (failure.kind === 'connection') this.drop(address)
      throw failure
    }
  }

  private broker(address: string): Promise<KafkajsBroker> {
    const known = this.brokers.get(address)
    if (known?.isConnected()) return Promise.resolve(known)
    let connecting = this.connecting.get(address)
    if (connecting === undefined) {
      connecting = this.connect(address).finally(() => this.connecting.delete(address))
      this.connecting.set(address, connecting)
    }
    return connecting
  }

  private async connect(address: string): Promise<KafkajsBroker> {
    if (this.closed) throw new KafkaError('connection', '08003', 'the connection to Kafka is closed')
    const { host, port } = splitAddress(address)
    const logger = routedLogger(this.log, 'Kafka')
    const builder = connectionPoolBuilder({
      brokers: [address],
      ssl: null,
      sasl: null,
      clientId: this.address.clientId,
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
      enforceRequestTimeout: true,
      logger,
      socketFactory: (request) => this.openSocket(request),
    })
    const connectionPool = await builder.build({ host, port })
    connectionPool.map((connection) => calmQueue(connection.requestQueue))
    const broker = new Broker({
      connectionPool,
      logger,
      authenticationTimeout: CONNECT_MS,
      allowAutoTopicCreation: false,
    })
    await broker.connect()
    this.brokers.set(address, broker)
    return broker
  }

  private openSocket(request: SocketRequest): Socket {
    const { host, port, onConnect } = request
    const place = resolvePlace(this.address.resolve, host, port)
    const to = { host: place.host, port: place.port }
    const socket: Socket =
      request.ssl === null
        ? connect(to, onConnect)
        : connectTls({ ...to, ...(isIP(host) ? {} : { servername: host }), ...request.ssl }, onConnect)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    this.sockets.set(socket, `${host}:${port}`)
    socket.on('close', () => this.sockets.delete(socket))
    if (this.closed) socket.destroy(new Error('closed'))
    return socket
  }

  /** kafkajs' own disconnect waits for requests in flight; destroying the sockets rejects them. */
  private drop(address: string | null): void {
    for (const known of [...this.brokers.keys()]) if (address === null || known === address) this.brokers.delete(known)
    for (const [socket, of] of [...this.sockets]) {
      if (address !== null && of !== address) continue
      this.sockets.delete(socket)
      socket.destroy(new Error('connection dropped'))
    }
  }

  /** Known brokers first: the seeds may be stale, or one address in front of several brokers. */
  private seeds(): readonly string[] {
    const connected = [...this.brokers].filter(([, broker]) => broker.isConnected()).map(([address]) => address)
    return [...new Set([...connected, ...this.address.brokers, ...this.addresses.values()])]
  }

  private remember(brokers: readonly BrokerAddress[]): void {
    this.addresses = new Map(brokers.map((broker) => [broker.id, `${broker.host}:${broker.port}`]))
  }

  private addressOf(leader: number, topic: string, partition: number): string {
    const address = this.addresses.get(leader)
    if (address !== undefined) return address
    throw new KafkaError('retry', '58000', `partition ${partition} of topic "${topic}" has no leader`)
  }
}

function byLeader(topic: TopicMetadata, partitions: readonly number[]): Map<number, number[]> {
  const leaders = new Map<number, number[]>()
  for (const { partition, leader } of topic.partitions) {
    if (!partitions.includes(partition)) continue
    const led = leaders.get(leader)
    if (led === undefined) leaders.set(leader, [partition])
    else led.push(partition)
  }
  return leaders
}

function supports(broker: KafkajsBroker, apiKey: number, version: number): boolean {
  const range = broker.versions?.[apiKey]
  return range !== undefined && version >= range.minVersion && version <= range.maxVersion
}

/** "host:port", "[::1]:port" or "host" (9092). */
function splitAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(address)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = match?.[3] === undefined ? 9092 : Number(match[3])
  if (host === '' || port < 1 || port > 65535) {
    throw new KafkaError('refused', '22023', `"${address}" is not the address of a Kafka broker`, {
      hint: "Write it as 'host:port'.",
    })
  }
  return { host, port }
}

/**
 * kafkajs sets a timer of "throttled until minus now" after every response, which is hugely negative when there is no
 * throttling: Node 24 warns of it on stderr. With nothing pending there is nothing to check.
 */
function calmQueue(queue: KafkajsRequestQueue): void {
  const original = queue.scheduleCheckPendingRequests
  queue.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) original.call(this)
  }
}

/** kafkajs logs what its caller is told anyway: all of it is detail. */
function routedLogger(log: Log, namespace: string): KafkajsLogger {
  const debug = (message: string) => log.debug(`kafka client: ${message}`, { namespace })
  return {
    namespace: (name) => routedLogger(log, name),
    info: debug,
    warn: debug,
    error: debug,
    // Called for every request and response.
    debug() {},
  }
}
