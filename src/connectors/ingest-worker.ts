import { parentPort } from 'node:worker_threads'
import { assert, unreachable } from '../base/assert.ts'
import type { Log } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { UserTypes } from '../types/user-types.ts'
import { packBatch } from './batch-transfer.ts'
import type { Judged, SourceReader } from './contract.ts'
import { readHere } from './ingest.ts'
import type { FromWorker, ToWorker } from './ingest-messages.ts'
import { KafkajsTransport } from './kafka/kafkajs-transport.ts'
import { networkRegistries } from './schema-registry/open.ts'

/** The ingest thread of one source: Kafka client and decoding, so that the engine's thread only takes columns in. */
assert(parentPort !== null, 'ingest-worker runs as a worker')
const port = parentPort

interface Open {
  readonly reader: SourceReader
  /** Credits out: resolved in the order of the batches. */
  readonly untaken: (() => void)[]
  readonly judged: Judged | undefined
}

const open = new Map<number, Open>()

function post(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

const logAt = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: Record<string, unknown>) =>
  post({ type: 'log', level, message, fields })
const log: Log = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') }

function start({ reader, task, types, bounds }: Extract<ToWorker, { type: 'open' }>): void {
  const users = new UserTypes()
  for (const [oid, facts] of types) users.learn(oid, facts)
  users.link(task)
  const untaken: (() => void)[] = []
  const transport = new KafkajsTransport(task, log)
  const registry = networkRegistries(task.resolve, systemRuntime)
  const options = {
    ...bounds,
    onBatch: (batch: Parameters<typeof packBatch>[0]) =>
      new Promise<void>((resolve) => {
        untaken.push(resolve)
        const packed = packBatch(batch)
        post({ type: 'batch', reader, batch: packed }, [packed.buffer])
      }),
    onStatus: (status: Extract<FromWorker, { type: 'status' }>['status']) => post({ type: 'status', reader, status }),
    onPartition: (info: Extract<FromWorker, { type: 'partition' }>['info']) =>
      post({ type: 'partition', reader, info }),
    onEnd: () => post({ type: 'end', reader }),
  }
  const running = readHere(task, options, transport, registry, systemRuntime, log)
  open.set(reader, { reader: running, untaken, judged: bounds.judged })
}

function taken({ reader, judged }: Extract<ToWorker, { type: 'taken' }>): void {
  const of = open.get(reader)
  if (of?.judged !== undefined) Object.assign(of.judged, judged)
  of?.untaken.shift()?.()
}

async function stop(reader: number): Promise<void> {
  await open.get(reader)?.reader.stop()
  open.delete(reader)
  post({ type: 'stopped', reader })
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'open':
      start(message)
      break
    case 'taken':
      taken(message)
      break
    case 'stop':
      void stop(message.reader)
      break
    default:
      unreachable(message)
  }
})
