import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../src/base/log.ts'
import { systemRuntime } from '../../src/base/runtime.ts'
import { FakeCluster, type FakeRecord } from '../../src/connectors/kafka/fake-cluster.ts'
import { FakeTransport } from '../../src/connectors/kafka/fake-transport.ts'
import { connectorFactory } from '../../src/connectors/registry.ts'
import { FakeRegistry } from '../../src/connectors/schema-registry/fake-registry.ts'
import { openLmdbStore } from '../../src/state/lmdb/store.ts'
import { openMemoryStore } from '../../src/state/memory-store.ts'
import { LocalEngine, type LocalSession, type TextRow } from './local-engine.ts'
import { eventually } from './wait.ts'

/** An engine with a Kafka and a schema registry in memory: SQL in, records in, rows out. */
export class LocalSources {
  readonly cluster = new FakeCluster()
  readonly registry = new FakeRegistry()
  /** Where it is kept; null: in memory. */
  readonly #dataDir: string | null
  local!: LocalEngine
  session!: LocalSession

  private constructor(dataDir: string | null) {
    this.#dataDir = dataDir
  }

  /** `durable`: it can be restarted. */
  static async open(options: { readonly durable?: boolean } = {}): Promise<LocalSources> {
    const sources = new LocalSources(options.durable ? mkdtempSync(join(tmpdir(), 'millrace-sources-')) : null)
    await sources.start()
    return sources
  }

  async start(): Promise<void> {
    const connectors = connectorFactory({
      runtime: systemRuntime,
      log: silentLog,
      threads: false,
      resolve: [],
      openTransport: () => new FakeTransport(this.cluster, systemRuntime),
      openRegistry: this.registry.open,
    })
    const directory = this.#dataDir
    const store =
      directory === null ? openMemoryStore(systemRuntime) : openLmdbStore({ directory, runtime: systemRuntime })
    this.local = await LocalEngine.open(store, connectors)
    this.session = this.local.session()
  }

  /** As kill -9 does: nothing is flushed. */
  async restart(): Promise<void> {
    await this.local.engine.abandon()
    await this.start()
  }

  async close(): Promise<void> {
    await this.local.close()
    if (this.#dataDir !== null) rmSync(this.#dataDir, { recursive: true, force: true })
  }

  produce(topic: string, records: readonly FakeRecord[], partition = 0): void {
    if (!this.cluster.topics.has(topic)) this.cluster.createTopic(topic, 1)
    this.cluster.produce(topic, partition, records)
  }

  async run(sql: string): Promise<void> {
    await this.session.query(sql)
  }
  query(sql: string): Promise<readonly TextRow[]> {
    return this.session.query(sql)
  }
  /** Waits until the query answers this. */
  async becomes(sql: string, rows: readonly TextRow[]): Promise<void> {
    const wanted = JSON.stringify(rows)
    await eventually(
      () => this.query(sql),
      (found) => JSON.stringify(found) === wanted,
      10_000,
    )
  }
}
