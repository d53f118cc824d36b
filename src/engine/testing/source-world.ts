import { silentLog } from '../../base/log.ts'
import { formatDelta } from '../../dataflow/testing/deltas.ts'
import { node, planOf } from '../../render/testing/random-plan.ts'
import type { Rule } from '../../sql/optimise/rule.ts'
import { readPublished } from '../../state/recovery.ts'
import { type SimDisk, SimStore, seededRandom } from '../../state/sim-store.testkit.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { LiveEngine } from '../engine.ts'
import { decodeImage } from '../image.ts'
import { openEngine } from '../open.ts'
import type { ViewRuntime } from '../view.ts'
import { FakeTopic } from './fake-source.ts'
import { call } from './plans.ts'
import { SimRuntime } from './sim-runtime.ts'

/** An engine over a fake topic and a disk that crashes, in virtual time. */
export class SourceWorld {
  readonly runtime: SimRuntime
  readonly random: () => number
  readonly topic: FakeTopic
  engine!: LiveEngine
  /** Records that the checkpoint found by the last start had of views that were hydrating. */
  held = 0
  /** Slices of hydration since the last start. */
  slices = 0
  readonly #seed: number
  #store!: SimStore
  #disk: SimDisk | undefined
  #starts = 0

  constructor(seed: number, partitions = 2, types?: readonly SqlType[]) {
    this.#seed = seed
    this.random = seededRandom(seed)
    this.runtime = new SimRuntime(this.random)
    this.topic = new FakeTopic(this.runtime, partitions, types)
  }

  /** Of the planner of the next start, where they are not this build's. */
  rules: readonly Rule[] | undefined
  /** See World.built. */
  built: (view: ViewRuntime) => void = () => {}

  async open(checkpointIntervalMs = 0): Promise<void> {
    this.#store = new SimStore({
      seed: this.#seed * 1000 + this.#starts++,
      runtime: this.runtime,
      ...(this.#disk === undefined ? {} : { disk: this.#disk }),
    })
    this.slices = 0
    this.engine = await this.finish(
      openEngine({
        store: this.#store,
        runtime: this.runtime,
        log: silentLog,
        connectors: () => this.topic.connector(),
        settings: [],
        checkpointIntervalMs,
        built: (view) => this.built(view),
        ...(this.rules === undefined ? {} : { rules: this.rules }),
        reach: (moment) => {
          if (moment === 'hydration') this.slices++
        },
        onFailure: () => {},
      }),
    )
  }

  /** Power cut and a new start; readers of a range then stop after `rangeRecordsMax`. */
  async restart(rangeRecordsMax?: number): Promise<void> {
    this.#disk = this.#store.crash()
    this.runtime.clear()
    this.held = await this.#offsetsHeld(this.#disk)
    this.topic.restarted(rangeRecordsMax)
    await this.open()
  }

  async #offsetsHeld(disk: SimDisk): Promise<number> {
    const published = await readPublished(new SimStore({ seed: 0, runtime: this.runtime, disk }))
    const views = published === null ? [] : decodeImage(published.extras).views
    const offsets = views.flatMap((v) => v.hydrating?.read ?? []).flatMap(([, read]) => read)
    return offsets.reduce((sum, [, next]) => sum + next, 0)
  }

  ddl(statement: Parameters<LiveEngine['ddl']>[0]): Promise<number | null> {
    return this.finish(this.engine.ddl(statement, call()))
  }
  id(name: string): number {
    return this.engine.catalog().byName(2200, name)!.id
  }
  view(name: string): ViewRuntime {
    return this.engine.world.views.get(this.id(name))!
  }
  ready(name: string): Promise<void> {
    return this.finish(this.view(name).whenReady(call().signal))
  }
  /** Rows of a view, sorted. */
  rows(name: string): string[] {
    const { output } = this.view(name)
    return formatDelta([...output.rows.scan()], output.output.types)
  }

  /** Rows of a system relation of the server, sorted; values as `join` writes them. */
  async told(name: string): Promise<string[]> {
    const entry = this.engine.catalog().byName(13001, name)
    if (entry?.kind !== 'system') throw new Error(`no relation ${name}`)
    const types = entry.rowType.map((f) => f.type)
    const columns = types.map((_, c) => c)
    const finishing = { order: [], limit: null, offset: 0, project: columns }
    const plan = planOf([node({ op: 'get', object: entry.id, columns }, types)])
    const request = { plan, finishing, fields: entry.rowType, lookup: null, params: [] }
    const { batches } = await this.finish(this.engine.read(request, call()))
    const lines: string[] = []
    for await (const batch of batches) for (const row of rowsOf(batch, types)) lines.push(row.join('|'))
    return lines.sort()
  }

  /** Events of the virtual world until the promise settled. */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let done = false
    const watched = promise.finally(() => {
      done = true
    })
    watched.catch(() => {})
    await this.until(() => done)
    return watched
  }
  async until(condition: () => boolean): Promise<void> {
    for (let n = 0; !condition(); n++) {
      if (n > 100_000 || !(await this.runtime.step())) throw new Error(`seed ${this.#seed}: waited in vain`)
    }
  }
  async steps(n: number): Promise<void> {
    for (; n > 0; n--) await this.runtime.step()
  }
}
