import { createRequire } from 'node:module'
import type { Socket } from 'node:net'

/**
 * The connection layer of kafkajs 2.2.4 (exact version pinned): sockets, request queues, TLS, SASL, version
 * negotiation. Its consumer is not used: it joins groups that we do not need, and resets silently when an offset is
 * out of range. kafkajs ships no types for these modules; this file is all that we rely on.
 */
export interface KafkajsBroker {
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>> | null
  readonly connectionPool: KafkajsConnectionPool
}

export interface KafkajsConnectionPool {
  send<T>(call: KafkajsCall<T>): Promise<T>
  map<T>(fn: (connection: { readonly requestQueue: KafkajsRequestQueue }) => T): T[]
}

export interface KafkajsRequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

export interface KafkajsCall<T> {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    encode(): Promise<KafkajsEncoder>
  }
  readonly response: { decode(payload: Buffer): Promise<{ value: T }>; parse(decoded: { value: T }): Promise<T> }
  readonly requestTimeout: number
  readonly logResponseError: boolean
}

export interface KafkajsEncoder {
  writeBufferInternal(bytes: Buffer): void
}

export interface KafkajsLogger {
  namespace(name: string): KafkajsLogger
  info(message: string, extra?: object): void
  error(message: string, extra?: object): void
  warn(message: string, extra?: object): void
  debug(message: string, extra?: object): void
}

export interface SocketRequest {
  readonly host: string
  readonly port: number
  readonly ssl: object | null
  readonly onConnect: () => void
}

export interface PoolBuilderOptions {
  readonly brokers: readonly string[]
  readonly ssl: object | null
  readonly sasl: object | null
  readonly clientId: string
  readonly connectionTimeout: number
  readonly requestTimeout: number
  readonly enforceRequestTimeout: boolean
  readonly logger: KafkajsLogger
  readonly socketFactory: (request: SocketRequest) => Socket
}

interface PoolBuilder {
  build(address: { host: string; port: number }): Promise<KafkajsConnectionPool>
}

const require = createRequire(import.meta.url)

export const connectionPoolBuilder: (
  options: PoolBuilderOptions,
) => PoolBuilder = require('kafkajs/src/cluster/connectionPoolBuilder')

export const Broker: new (options: {
  connectionPool: KafkajsConnectionPool
  logger: KafkajsLogger
  authenticationTimeout: number
  allowAutoTopicCreation: boolean
}) => KafkajsBroker = require('kafkajs/src/broker')

export const Encoder: new (size: number) => KafkajsEncoder = require('kafkajs/src/protocol/encoder')
