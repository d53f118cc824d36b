import { setTimeout as sleep } from 'node:timers/promises'
import type { Runtime } from '../../base/runtime.ts'
import type { SourceEntry } from '../../catalog/entry.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import { StubError, type StubSources } from '../../connectors/stub/stub-sources.ts'
import type { LiveEngine } from '../../engine/engine.ts'
import { DATABASE } from '../server.ts'
import type { FeedRecord, SchemaRecord, StubRecord } from './record.ts'
import type { Target } from './target.ts'

const POLL_MS = 1
/** Memory is quick: whoever takes longer does not read any more. */
const WAIT_MS_MAX = 20_000

/** Runs the directives of sources that are stubs against a server of this process. */
export function stubTarget(stubs: StubSources, engine: () => LiveEngine, clock: Runtime): NonNullable<Target['stubs']> {
  return {
    async run(record: StubRecord) {
      try {
        if (record.kind === 'topic') stubs.declareTopic(record.name, record.partitions)
        else if (record.kind === 'schema') stubs.registry.register(record.subject, record.text, typeOf(record))
        else await feed(stubs, engine(), record, clock)
        return null
      } catch (error) {
        if (error instanceof StubError) return error.message
        throw error
      }
    },
    async settled() {
      const began = performance.now()
      const starting = () => [...engine().world.sources.values()].some((s) => s.live && s.status.state === 'starting')
      while (starting() && performance.now() - began < WAIT_MS_MAX) await sleep(POLL_MS)
    },
  }
}

async function feed(stubs: StubSources, engine: LiveEngine, record: FeedRecord, clock: Runtime): Promise<void> {
  const { connector } = sourceOf(engine, record.source)
  const end = await stubs.feed(connector, { ...record, timestampMs: record.atMs ?? Math.floor(clock.nowMs()) })
  const { topic, broker } = connector.transport.options
  // All that read the topic have it before the next record runs: no test waits for itself.
  for (const source of engine.world.sources.values()) {
    const { options } = source.entry.connector.transport
    if (options['topic'] !== topic || options['broker'] !== broker) continue
    const began = performance.now()
    while (source.live && source.status.state !== 'failed' && (source.positions.get(record.partition) ?? 0) < end) {
      if (performance.now() - began > WAIT_MS_MAX) {
        throw new StubError(`source "${source.entry.name}" has not read the records: it is ${source.status.state}`)
      }
      await sleep(POLL_MS)
    }
  }
}

function sourceOf(engine: LiveEngine, name: string): SourceEntry {
  const parts = [...name.matchAll(/"([^"]+)"|([^."]+)/g)].map((part) => part[1] ?? part[2]!.toLowerCase())
  const catalog = engine.catalog()
  const found = findObject(catalog, parts, { database: DATABASE, searchPath: ['public'] })
  // RisingWave's tables have a source of their own.
  const entry = found?.kind === 'table' && found.fedBy !== null ? catalog.byId(found.fedBy) : found
  if (entry?.kind !== 'source') throw new StubError(`there is no source "${name}"`)
  return entry
}

function typeOf({ type, file, text }: SchemaRecord): 'AVRO' | 'PROTOBUF' | 'JSON' {
  if (type !== null) return type
  if (file?.endsWith('.proto') || /^\s*(?:syntax|message|package)\b/.test(text)) return 'PROTOBUF'
  return file?.endsWith('.json') ? 'JSON' : 'AVRO'
}
