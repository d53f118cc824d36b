import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import type { ConnectorSpec } from '../catalog/entry.ts'
import type { RowType } from '../types/sql-type.ts'
import type { ReaderOptions, SourceReader } from './contract.ts'
import { KafkaReader } from './kafka/reader.ts'
import type { KafkaTransport } from './kafka/transport.ts'
import { recordDecoder } from './record-decoder-build.ts'
import type { Rewrite } from './resolve.ts'
import type { OpenRegistry } from './schema-registry/registry.ts'

/** What an ingest thread has to be told: plain data. */
export interface IngestTask {
  readonly spec: ConnectorSpec
  readonly rowType: RowType
  readonly topic: string
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly resolve: readonly Rewrite[]
}

/** Everything about a reader that is plain data. */
export type ReaderBounds = Pick<ReaderOptions, 'from' | 'until' | 'columns' | 'identity' | 'judged'>

/** Reads in this thread: the whole of ingest, which the worker runs as it is. */
export function readHere(
  task: IngestTask,
  options: ReaderOptions,
  transport: KafkaTransport,
  registry: OpenRegistry,
  runtime: Runtime,
  log: Log,
): SourceReader {
  const decoder = recordDecoder(task.spec, task.rowType, options.columns, registry, options.judged)
  return new KafkaReader({ ...options, topic: task.topic, transport, decoder, runtime, log })
}
