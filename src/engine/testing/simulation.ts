import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { silentLog } from '../../base/log.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { DmlPlan } from '../../plan/dml.ts'
import type { PhysicalNode, PhysicalPlan } from '../../plan/physical.ts'
import { CONTEXT, tickAt } from '../../render/testing/harness.ts'
import { naivePlan, type Relation } from '../../render/testing/naive.ts'
import { anyPlan, node, OBJECTS, OPS, planOf } from '../../render/testing/random-plan.ts'
import { anyDatum } from '../../render/testing/random-scalar.ts'
import { ZSet } from '../../render/testing/zset.ts'
import type { Arrangement } from '../../state/contract.ts'
import { type SimDisk, SimStore, seededRandom } from '../../state/sim-store.testkit.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { LiveEngine } from '../engine.ts'
import { openEngine } from '../open.ts'
import { followingClock } from './clock-plan.ts'
import { Follower } from './follower.ts'
import { call } from './plans.ts'
import { Readers } from './readers.ts'
import { SimRuntime } from './sim-runtime.ts'

/** What happened in one run: the counters show that it tried what it should. */
export interface SimResult {
  readonly trace: string
  readonly ticks: number
  readonly crashes: number
  readonly checks: number
  readonly lostWrites: number
  readonly resumed: number
  /** Reads answered, and those of them that were answered while the lane was held. */
  readonly reads: number
  readonly readsBeside: number
  readonly jumps: number
  readonly timed: number
}

interface PendingWrite {
  readonly object: number
  readonly row: Row
  readonly diff: 1 | -1
  state: 'waiting' | 'acknowledged' | 'failed'
}

/**
 * One seed of the whole engine: random views over two tables, concurrent writes, crashes at any moment of a store that
 * may lose what it had not confirmed. After every tick each view must hold what a naive evaluation of its plan gives
 * over the tables; after a crash the tables must hold every acknowledged write and a prefix of the others; subscribers
 * resume without gap or double.
 */
export class Simulation {
  readonly #random: () => number
  readonly #runtime: SimRuntime
  readonly #gen: fc.GeneratorValue
  readonly #seed: number
  #store!: SimStore
  #engine!: LiveEngine
  #disk: SimDisk | undefined
  #generation = 0
  readonly #tables = new Map<number, number>()
  readonly #plans = new Map<string, PhysicalPlan>()
  readonly #followers = new Map<string, Follower>()
  /** What the tables hold when all writes so far count. */
  readonly #model = new Map<number, ZSet>()
  #writes: PendingWrite[] = []
  readonly #trace = createHash('sha256')
  #lastTick = -1
  #ticks = 0
  #crashes = 0
  #checks = 0
  #lost = 0
  #resumed = 0
  #jumps = 0
  /** Views made that follow the clock. */
  #timed = 0
  readonly #readers = new Readers()

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seededRandom(seed)
    this.#runtime = new SimRuntime(this.#random)
    this.#gen = fc.sample(fc.gen(), { seed, numRuns: 1 })[0]!
  }

  async run(steps: number): Promise<SimResult> {
    await this.#open()
    for (const [object, types] of OBJECTS) {
      await this.#finish(this.#engine.ddl(tableDdl(`t${object}`, types), call()))
      this.#tables.set(object, this.#id(`t${object}`))
      this.#model.set(object, new ZSet())
    }
    for (let step = 0; step < steps; step++) await this.#act(step)
    await this.#quiet()
    this.#check()
    await this.#finish(this.#engine.close())
    return {
      trace: this.#trace.digest('hex'),
      ticks: this.#ticks,
      crashes: this.#crashes,
      checks: this.#checks,
      lostWrites: this.#lost,
      resumed: this.#resumed,
      reads: this.#readers.answered,
      readsBeside: this.#readers.beside,
      jumps: this.#jumps,
      timed: this.#timed,
    }
  }

  async #act(step: number): Promise<void> {
    const dice = this.#random()
    if (step < 2 || (dice < 0.06 && this.#plans.size < 5)) await this.#createView(step)
    else if (dice < 0.09 && this.#plans.size > 1) await this.#dropView()
    else if (dice < 0.17) await this.#crash()
    else if (dice < 0.25) await this.#quiet()
    else if (dice < 0.4) this.#read()
    else if (dice < 0.48) this.#jump()
    else this.#write(1 + Math.floor(this.#random() * 5))
    for (let n = Math.floor(this.#random() * 12); n > 0; n--) await this.#step()
  }

  /** One event of the virtual world, then the promises that must hold between any two. */
  async #step(): Promise<boolean> {
    const more = await this.#runtime.step()
    const { world } = this.#engine
    if (this.#random() < 0.2) for (const follower of this.#followers.values()) follower.receive()
    if (world.tick !== this.#lastTick && !world.exclusive.busy) {
      this.#lastTick = world.tick
      this.#ticks++
      this.#trace.update(`${world.tick} ${world.clock.lastMs}\n`)
      this.#check()
    }
    return more
  }

  async #finish<T>(promise: Promise<T>): Promise<T> {
    let done = false
    const watched = promise.finally(() => {
      done = true
    })
    watched.catch(() => {})
    for (let n = 0; !done; n++) {
      if (!(await this.#step()) || n > 200_000) throw new Error(`seed ${this.#seed}: a call never ended`)
    }
    return watched
  }

  async #quiet(): Promise<void> {
    for (let n = 0; this.#writes.some((w) => w.state === 'waiting'); n++) {
      if (!(await this.#step()) || n > 200_000) throw new Error(`seed ${this.#seed}: a write was never answered`)
    }
    for (const name of this.#plans.keys()) {
      const view = this.#engine.world.views.get(this.#id(name))!
      await this.#finish(view.whenReady(call().signal))
    }
    this.#settleWrites()
  }

  #write(count: number): void {
    for (let i = 0; i < count; i++) {
      const object = this.#random() < 0.5 ? 1 : 2
      const types = OBJECTS.get(object)!
      const known = this.#model.get(object)!.rows()
      const deletes = known.length > 0 && this.#random() < 0.4
      const row = deletes
        ? known[Math.floor(this.#random() * known.length)]!.row
        : types.map((type) => anyDatum(this.#gen, type))
      const write: PendingWrite = { object, row, diff: deletes ? -1 : 1, state: 'waiting' }
      this.#writes.push(write)
      this.#model.get(object)!.add(row, write.diff)
      const engine = this.#engine
      engine.write(dml(this.#tables.get(object)!, types, write), call(), []).then(
        (result) => {
          if (result.count !== 1) throw new Error(`seed ${this.#seed}: a write changed ${result.count} rows`)
          write.state = 'acknowledged'
        },
        () => {
          // The store died under it: the model is put right after the crash.
          write.state = 'failed'
        },
      )
    }
  }

  /** Time passes: rows of views that follow the clock come and go. */
  #jump(): void {
    this.#runtime.jump(Math.floor(this.#random() * 2500))
    this.#jumps++
  }

  /** Somebody reads beside everything else: the answer is checked against what its tick held. */
  #read(): void {
    const [object, types] = this.#random() < 0.5 ? [1, OBJECTS.get(1)!] : [2, OBJECTS.get(2)!]
    const views = [...this.#plans].filter(([name]) => this.#engine.world.views.get(this.#id(name))?.ready)
    const view = views[Math.floor(this.#random() * views.length * 2)]
    if (view === undefined) this.#readers.read(this.#engine, this.#tables.get(object)!, types)
    else this.#readers.read(this.#engine, this.#id(view[0]), view[1].types)
  }

  async #createView(step: number): Promise<void> {
    const name = `v${step}`
    const drawn = anyPlan(this.#gen, OPS, 1 + Math.floor(this.#random() * 4))
    const timed = this.#random() < 0.5 ? followingClock(drawn, this.#random) : null
    if (timed !== null) this.#timed++
    const plan = retarget(timed ?? drawn, this.#tables)
    const ddl: DdlPlan = {
      kind: 'createMaterializedView',
      schema: 2200,
      name,
      ifNotExists: false,
      sql: '',
      dependsOn: [...this.#tables.values()],
      rowType: plan.types.map((type, i) => ({ name: `c${i}`, type, nullable: true })),
      plan,
      onError: 'divert',
    }
    await this.#finish(this.#engine.ddl(ddl, call()))
    this.#plans.set(name, plan)
    await this.#quiet()
    const follower = new Follower(plan.types)
    await this.#finish(follower.start(this.#engine, this.#id(name)))
    this.#followers.set(name, follower)
  }

  async #dropView(): Promise<void> {
    const name = [...this.#plans.keys()][Math.floor(this.#random() * this.#plans.size)]!
    this.#followers.get(name)?.stop()
    this.#followers.delete(name)
    this.#plans.delete(name)
    await this.#finish(this.#engine.ddl({ kind: 'drop', objects: [this.#id(name)], cascade: false }, call()))
  }

  /** Power cut, restart: acknowledged writes are there, of the others a prefix. */
  async #crash(): Promise<void> {
    this.#crashes++
    this.#disk = this.#store.crash()
    this.#runtime.clear()
    for (const follower of this.#followers.values()) follower.lose()
    this.#readers.lose()
    await this.#open()
    const survived = this.#survivors()
    this.#lost += this.#writes.length - survived
    this.#rebuildModel(survived)
    for (const [name, follower] of this.#followers) {
      const view = this.#engine.world.views.get(this.#id(name))!
      await this.#finish(view.whenReady(call().signal))
      await this.#finish(follower.resume(this.#engine, this.#id(name)))
      this.#resumed++
    }
    // Else a tick is on its way that the clock has been read for already.
    if (!this.#engine.world.exclusive.busy) this.#check()
  }

  #survivors(): number {
    const acknowledged = this.#writes.findLastIndex((w) => w.state === 'acknowledged') + 1
    const found = [...OBJECTS.keys()].map((o) =>
      this.#contents(this.#engine.world.tables.get(this.#tables.get(o)!)!.rows, OBJECTS.get(o)!).text(),
    )
    for (let kept = acknowledged; kept <= this.#writes.length; kept++) {
      const models = this.#modelWithout(this.#writes.slice(kept))
      if ([...OBJECTS.keys()].every((o, i) => models.get(o)!.text() === found[i])) return kept
    }
    throw new Error(
      `seed ${this.#seed}: after a crash the tables hold no prefix of the writes that keeps the acknowledged ones`,
    )
  }

  #modelWithout(lost: readonly PendingWrite[]): Map<number, ZSet> {
    const models = new Map([...this.#model].map(([o, set]) => [o, ZSet.of(set.rows())]))
    for (const { object, row, diff } of lost) models.get(object)!.add(row, -diff)
    return models
  }
  #rebuildModel(kept: number): void {
    for (const [object, set] of this.#modelWithout(this.#writes.slice(kept))) this.#model.set(object, set)
    this.#writes = []
  }
  #settleWrites(): void {
    if (this.#writes.some((w) => w.state === 'failed'))
      throw new Error(`seed ${this.#seed}: a write failed without a crash`)
    this.#writes = []
  }

  async #open(): Promise<void> {
    this.#store = new SimStore({
      seed: this.#seed * 1000 + this.#generation++,
      runtime: this.#runtime,
      ...(this.#disk === undefined ? {} : { disk: this.#disk }),
    })
    let engine: LiveEngine | null = null
    const opening = openEngine({
      store: this.#store,
      runtime: this.#runtime,
      log: silentLog,
      connectors: () => {
        throw new Error('no sources here')
      },
      settings: [],
      onFailure: () => {},
    }).then((opened) => {
      engine = opened
    })
    opening.catch(() => {})
    for (let n = 0; engine === null; n++) {
      if (!(await this.#runtime.step()) || n > 200_000) {
        await opening
        throw new Error(`seed ${this.#seed}: the engine never opened`)
      }
    }
    this.#engine = engine
    this.#lastTick = -1
  }

  /** P1 for every view that is live, and what its subscriber holds. */
  #check(): void {
    const { world } = this.#engine
    const contents = new Map<number, Relation>()
    for (const [object, id] of this.#tables) {
      const table = world.tables.get(id)
      if (table === undefined) return
      const rows = this.#contents(table.rows, OBJECTS.get(object)!)
      contents.set(id, { rows, errors: new ZSet() })
      this.#readers.held(world.tick, id, rows.text())
    }
    for (const [name, plan] of this.#plans) {
      const view = world.views.get(this.#id(name))
      if (!view?.ready) continue
      this.#checks++
      const expected = naivePlan(plan, contents, CONTEXT, tickAt(world.tick, world.clock.lastNowMicros))
      const held = this.#contents(view.output.rows, plan.types)
      if (held.text() !== expected.rows.text()) {
        throw new Error(
          `seed ${this.#seed}: ${name} at tick ${world.tick} holds\n${held.text()}\nbut recomputation gives\n${expected.rows.text()}`,
        )
      }
      const errors = new ZSet()
      for (const batch of view.output.errors.scan())
        errors.addBatches([{ ...batch, cols: batch.cols.slice(0, 1) }], view.output.errors.types.slice(0, 1))
      if (errors.text() !== expected.errors.text()) {
        throw new Error(
          `seed ${this.#seed}: ${name} at tick ${world.tick} has the errors\n${errors.text()}\nbut recomputation gives\n${expected.errors.text()}`,
        )
      }
      const follower = this.#followers.get(name)
      const followed = follower?.following ? follower.fold() : held
      if (followed.text() !== held.text()) {
        throw new Error(
          `seed ${this.#seed}: the subscriber of ${name} at tick ${world.tick} holds\n${followed.text()}\nbut the view\n${held.text()}`,
        )
      }
      this.#readers.held(world.tick, this.#id(name), held.text())
      this.#trace.update(held.text())
    }
    this.#readers.check((message) => new Error(`seed ${this.#seed}: ${message}`))
  }

  #contents(rows: Arrangement, types: readonly SqlType[]): ZSet {
    return new ZSet().addBatches(rows.scan(), types)
  }
  #id(name: string): number {
    return this.#engine.catalog().byName(2200, name)!.id
  }
}

function tableDdl(name: string, types: readonly SqlType[]): DdlPlan {
  return {
    kind: 'createTable',
    schema: 2200,
    name,
    ifNotExists: false,
    sql: '',
    dependsOn: [],
    columns: types.map((type, i) => ({ name: `c${i}`, type, notNull: false, defaultSql: null })),
    primaryKey: null,
    fromSource: null,
    connector: null,
    query: null,
  }
}

function dml(table: number, types: readonly SqlType[], { row, diff }: PendingWrite): DmlPlan {
  if (diff === 1) {
    const rows = [row.map((value, i) => ({ kind: 'const', value, type: types[i]! }) as const)]
    return { kind: 'insert', table, source: { kind: 'values', rows }, onConflict: null, returning: null, reads: [] }
  }
  return {
    kind: 'delete',
    table,
    lookup: null,
    plan: planOf([node({ op: 'constant', rows: [row] }, types)]),
    returning: null,
    reads: [],
  }
}

function retarget(plan: PhysicalPlan, tables: ReadonlyMap<number, number>): PhysicalPlan {
  const nodes = plan.nodes.map((n): PhysicalNode => (n.op === 'get' ? { ...n, object: tables.get(n.object)! } : n))
  return { ...plan, nodes }
}
