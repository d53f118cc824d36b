import { Worker } from 'node:worker_threads'
import { unreachable } from '../base/assert.ts'
import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import { userTypesOf } from '../types/user-types.ts'
import { unpackBatch } from './batch-transfer.ts'
import type { ReaderOptions, SourceReader } from './contract.ts'
import type { IngestTask } from './ingest.ts'
import type { FromWorker, ToWorker } from './ingest-messages.ts'

const RESTART_MS = 1_000

interface Threaded {
  readonly options: ReaderOptions
  /** Offset after the last record handed on: where a new worker goes on should this one die. */
  readonly positions: Map<number, number>
  ended: boolean
  readonly stopped: () => void
}

/** The worker of one source, seen from the engine's thread. It runs while readers are open. */
export class IngestThread {
  private readonly task: IngestTask
  private readonly runtime: Runtime
  private readonly log: Log
  private readonly readers = new Map<number, Threaded>()
  private worker: Worker | null = null
  private opened = 0
  private cancelRestart: (() => void) | null = null

  constructor(task: IngestTask, runtime: Runtime, log: Log) {
    this.task = task
    this.runtime = runtime
    this.log = log
  }

  open(options: ReaderOptions): SourceReader {
    const id = ++this.opened
    let stopped = () => {}
    const gone = new Promise<void>((resolve) => {
      stopped = resolve
    })
    this.readers.set(id, { options, positions: new Map(options.from), ended: false, stopped })
    if (this.worker === null && this.cancelRestart === null) this.start()
    else this.begin(id)
    return {
      stop: async () => {
        const reader = this.readers.get(id)
        if (reader === undefined) return gone
        reader.ended = true
        if (this.worker === null) this.forget(id)
        else this.post({ type: 'stop', reader: id })
        await gone
      },
    }
  }

  async close(): Promise<void> {
    for (const id of [...this.readers.keys()]) this.forget(id)
    await this.retire()
  }

  private start(): void {
    const url = new URL('./ingest-worker.ts', import.meta.url)
    // In a build the files are .js.
    if (import.meta.url.endsWith('.js')) url.pathname = url.pathname.replace(/\.ts$/, '.js')
    const worker = new Worker(url, { name: 'ingest' })
    this.worker = worker
    worker.on('message', (message: FromWorker) => {
      if (this.worker === worker) this.receive(message)
    })
    worker.on('error', (error) => this.log.error('ingest worker failed', { error: error.stack ?? error.message }))
    worker.on('exit', () => {
      if (this.worker === worker) this.lost()
    })
    for (const id of this.readers.keys()) this.begin(id)
  }

  private begin(id: number): void {
    const { options, positions } = this.readers.get(id)!
    const { until, columns, identity, judged } = options
    const bounds = { from: new Map(positions), until, columns, identity: identity ?? null, ...(judged && { judged }) }
    const users = this.task.rowType.flatMap((field) => [...userTypesOf(field.type)])
    const types = users.map((user) => [user.oid, user.facts] as const)
    this.post({ type: 'open', reader: id, task: this.task, types, bounds })
  }

  private receive(message: FromWorker): void {
    if (message.type === 'log') {
      this.log[message.level](message.message, message.fields)
      return
    }
    const { reader: id } = message
    const reader = this.readers.get(id)
    if (reader === undefined) return
    switch (message.type) {
      case 'stopped':
        this.forget(id)
        break
      case 'status':
        reader.options.onStatus(message.status)
        break
      case 'partition':
        if (!reader.positions.has(message.info.partition)) reader.options.onPartition?.(message.info)
        break
      case 'end':
        reader.options.onEnd?.()
        break
      case 'batch':
        this.hand(id, reader, unpackBatch(message.batch))
        break
      default:
        unreachable(message)
    }
  }

  private hand(id: number, reader: Threaded, batch: ReturnType<typeof unpackBatch>): void {
    if (reader.ended) return
    const worker = this.worker
    reader.positions.set(batch.partition, batch.next)
    reader.options.onBatch(batch).then(
      () => {
        if (this.worker === worker) this.post({ type: 'taken', reader: id, judged: reader.options.judged })
      },
      (error: unknown) => {
        // As in one thread: a batch that is not taken in ends the reader.
        reader.ended = true
        const text = error instanceof Error ? error.message : String(error)
        reader.options.onStatus({ state: 'failed', error: text, sqlstate: 'XX000' })
        this.post({ type: 'stop', reader: id })
      },
    )
  }

  private forget(id: number): void {
    const reader = this.readers.get(id)
    this.readers.delete(id)
    if (this.readers.size === 0) void this.retire()
    reader?.stopped()
  }

  private async retire(): Promise<void> {
    this.cancelRestart?.()
    this.cancelRestart = null
    const worker = this.worker
    this.worker = null
    await worker?.terminate()
  }

  /** The worker died: its readers go on from what they handed over, in a new one. */
  private lost(): void {
    this.worker = null
    for (const [id, { options, ended }] of [...this.readers]) {
      if (ended) this.forget(id)
      else options.onStatus({ state: 'stalled', error: 'the ingest worker ended unexpectedly' })
    }
    if (this.readers.size === 0) return
    this.cancelRestart = this.runtime.setTimer(() => {
      this.cancelRestart = null
      this.start()
    }, RESTART_MS)
  }

  private post(message: ToWorker): void {
    this.worker?.postMessage(message)
  }
}
