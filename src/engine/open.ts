import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import { Slices } from '../base/slices.ts'
import type { SourceConnector } from '../connectors/contract.ts'
import { createState } from '../state/factory.ts'
import { Journal } from '../state/journal.ts'
import { readPublished, recoverState } from '../state/recovery.ts'
import type { Store } from '../state/store.ts'
import { buildView } from './build-view.ts'
import { EngineClock } from './clock.ts'
import { startSource } from './ddl/create-source.ts'
import { startTable } from './ddl/create-table.ts'
import { CHECKPOINT_INTERVAL_MS, Durability, readReserved } from './durability.ts'
import { LiveEngine } from './engine.ts'
import { Hydration } from './hydration.ts'
import { catalogOf, decodeImage, type Image, offsetMaps } from './image.ts'
import { IndexLookup } from './indexes.ts'
import { KeptHistory } from './kept-history.ts'
import type { SettingRow } from './system/relation.ts'
import { builtInEntries, SystemRelations } from './system/system-relations.ts'
import { decodeTick } from './tick-record.ts'
import { runTick, Ticker } from './ticker.ts'
import { TimeTicks } from './time-ticks.ts'
import type { ViewState } from './view.ts'
import { type ConnectorFactory, type CrashMoment, World } from './world.ts'

export interface OpenOptions {
  readonly store: Store
  readonly runtime: Runtime
  readonly log: Log
  /** null: nothing is read from outside and nothing is written (inspection). */
  readonly connectors: ConnectorFactory | null
  readonly settings: readonly SettingRow[]
  /** Bytes of deltas from which on a structure is compacted. */
  readonly compactBytesMin?: number
  readonly checkpointIntervalMs?: number
  /** See World.reach. */
  readonly reach?: (moment: CrashMoment) => void
  /** The server can serve nothing any more. */
  onFailure(error: Error): void
}

/**
 * Opens a database: loads the published checkpoint, renders the stored plans unchanged, replays the journal (same ticks,
 * same timestamps, same outputs, without any broker), then lets the sources go on from the positions it knows.
 */
export async function openEngine(options: OpenOptions): Promise<LiveEngine> {
  const { store, runtime, log } = options
  const published = await readPublished(store)
  const image = published === null ? null : decodeImage(published.extras)
  const state = createState()
  const world = new World({
    runtime,
    log,
    states: state,
    // A new database begins now: no time before it can be asked for.
    clock: new EngineClock(
      runtime,
      image?.timestampMs ?? runtime.nowMs(),
      image?.nowMicros ?? 0,
      Math.max(image?.reservedMs ?? 0, await readReserved(store)),
    ),
    catalog: catalogOf(image, builtInEntries()),
  })
  world.onFailure = options.onFailure
  if (options.reach !== undefined) world.reach = options.reach
  world.tick = published?.tick ?? 0
  const connectors = options.connectors ?? (() => NO_CONNECTOR)
  const indexes = new IndexLookup(world)
  if (image !== null) rebuild(world, indexes, image, connectors)
  const tell = everySecond(runtime, log)
  const recovered = await recoverState({
    store,
    state,
    runtime,
    log,
    ...(options.compactBytesMin === undefined ? {} : { compactBytesMin: options.compactBytesMin }),
    compacting: () => world.reach('compaction'),
    progress: (rows) => tell('loading the checkpoint', { rows }),
  })
  const history = await KeptHistory.open(world, store, world.tick)
  for (const [object, sinceMs] of image?.logs ?? [])
    if (world.logOf(object) !== undefined) await history.restore(object, sinceMs)
  const durability = new Durability({
    world,
    store,
    state,
    checkpointer: recovered.checkpointer,
    history,
    abandoned: recovered.unclaimed,
    checkpointTick: world.tick,
    intervalMs: options.checkpointIntervalMs ?? CHECKPOINT_INTERVAL_MS,
  })
  const replayed = await replay(world, store, tell)
  world.ran.replayedTicks = replayed
  if (replayed > 0) log.info('journal replayed', { ticks: replayed })
  const system = new SystemRelations({
    world,
    settings: options.settings,
    startedMs: runtime.nowMs(),
    storage: () => durability.figures(),
  })
  const ticker = new Ticker(world, durability, () => {
    indexes.afterTick()
    hydration.afterTick()
    durability.afterTick()
    timeTicks.schedule()
  })
  const timeTicks = new TimeTicks(world, ticker)
  const hydration = new Hydration(world, ticker, durability)
  const engine = new LiveEngine({ world, system, hydration, indexes, ticker, timeTicks, durability, connectors })
  if (image !== null && options.connectors !== null) await resume(world, hydration, image)
  hydration.afterTick()
  timeTicks.schedule()
  return engine
}

/** Stands where sources are not to be read. */
const NO_CONNECTOR: SourceConnector = {
  partitions: async () => [],
  startPositions: async () => new Map(),
  identity: async () => null,
  open: () => ({ stop: async () => {} }),
  close: async () => {},
}

/** Running objects as the catalog and the stored plans say, in the order in which they were made. */
function rebuild(world: World, indexes: IndexLookup, image: Image, connectors: ConnectorFactory): void {
  const views = new Map(image.views.map((v) => [v.id, v]))
  const sources = new Map(image.sources.map((s) => [s.id, s]))
  for (const entry of [...world.catalog.all()].sort((a, b) => a.id - b.id)) {
    const view = views.get(entry.id)
    if (view?.hydrated || view?.hydrating !== undefined) {
      const targets = offsetMaps(view.targets)
      const state: ViewState = !view.hydrated
        ? { kind: 'hydrating', done: 0, total: null }
        : targets.size > 0
          ? { kind: 'catching up', targets }
          : { kind: 'ready' }
      const read = offsetMaps(view.hydrating?.read ?? [])
      const built = buildView(world, {
        id: entry.id,
        entry: entry.kind === 'materializedView' ? entry : null,
        plan: view.plan,
        onError: view.onError,
        shares: view.shares,
        state,
      })
      for (const [key, count] of view.skippedErrors) built.skipped.set(key, count)
      for (const { object, gate } of built.gates) if (!read.has(object)) gate.open()
      if (built.shares) built.rendered.connect()
    } else if (entry.kind === 'table' && entry.fedBy === null) startTable({ world }, entry)
    else if (entry.kind === 'source') {
      const source = startSource({ world }, entry, connectors(entry.connector, entry.rowType))
      const known = sources.get(entry.id)
      for (const [partition, offset] of known?.positions ?? []) source.positions.set(partition, offset)
      source.identity = known?.identity ?? null
      for (const [partition, offset] of known?.startVector ?? []) source.startVector.set(partition, offset)
    } else if (entry.kind === 'index') indexes.add(entry, false)
  }
}

/** Says how far it is, once a second while it takes longer than that. */
function everySecond(runtime: Runtime, log: Log): (what: string, fields: Record<string, unknown>) => void {
  let saidMs = runtime.monotonicMs()
  return (what, fields) => {
    if (runtime.monotonicMs() - saidMs < 1000) return
    saidMs = runtime.monotonicMs()
    log.info(what, fields)
  }
}

async function replay(
  world: World,
  store: Store,
  tell: (what: string, fields: Record<string, unknown>) => void,
): Promise<number> {
  let ticks = 0
  const slices = new Slices(world.runtime)
  for await (const { inputs } of new Journal(store).replay(world.tick + 1)) {
    // A large record was journaled in chunks.
    const record = decodeTick(inputs.length === 1 ? inputs[0]! : Buffer.concat(inputs))
    for (const { object, batch } of record.tables) {
      world.tables.get(object)?.stageBatch(batch)
      if (slices.due) await slices.next()
    }
    await runTick(world, record, slices)
    ticks++
    tell('replaying the journal', { ticks, tick: world.tick })
    await world.runtime.yieldToIo()
  }
  return ticks
}

/** Sources that have readers go on; views that had not finished hydrating read on, or begin anew. */
async function resume(world: World, hydration: Hydration, image: Image): Promise<void> {
  for (const view of image.views.filter((v) => !v.hydrated)) {
    if (view.hydrating !== undefined) {
      const { read, done } = view.hydrating
      const point = { read: offsetMaps(read), targets: offsetMaps(view.targets) }
      await world.exclusive.run(() => hydration.resume(world.views.get(view.id)!, point, done))
      continue
    }
    const entry = world.catalog.byId(view.id)
    const state: ViewState = { kind: 'hydrating', done: 0, total: null }
    const built = buildView(world, {
      id: view.id,
      entry: entry?.kind === 'materializedView' ? entry : null,
      plan: view.plan,
      onError: view.onError,
      shares: false,
      state,
    })
    await world.exclusive.run(() => hydration.begin(built, new Map()))
  }
  for (const source of world.sources.values())
    if (source.hasReaders && source.positions.size > 0) hydration.openSource(source)
}
