import type { PhysicalPlan } from '../../plan/physical.ts'
import { CONTEXT, tickAt } from '../../render/testing/harness.ts'
import { naivePlan, type Relation } from '../../render/testing/naive.ts'
import { ZSet } from '../../render/testing/zset.ts'
import { INT4, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { createSource } from './fake-source.ts'
import { call, countByValue, createTable, deleteKey, insert, pairsByValue } from './plans.ts'
import { countByKey, countOfJoin, largest, viewOf } from './source-plans.ts'
import { SourceWorld } from './source-world.ts'

const ROW = [TEXT, INT4]

export interface SourceSimResult {
  readonly crashes: number
  /** Crashes in which a checkpoint held a part of a hydration. */
  readonly resumed: number
  readonly checks: number
  /** Views that were made while an equal one ran. */
  readonly shared: number
  readonly drops: number
}

/**
 * One seed: a topic that grows, a table that changes, views over both and over views made at any moment (the same plans
 * again and again), crashes in the middle of it all. At every tick each view that can be read holds what a naive
 * evaluation gives over the topic up to the source's positions and the table.
 */
export class SourceSimulation {
  readonly #seed: number
  readonly #world: SourceWorld
  readonly #plans = new Map<string, PhysicalPlan>()
  readonly #keys = new Set<string>()
  #checks = 0
  #lastTick = -1

  constructor(seed: number) {
    this.#seed = seed
    this.#world = new SourceWorld(seed)
  }

  async run(steps: number): Promise<SourceSimResult> {
    const world = this.#world
    const result = { crashes: 0, resumed: 0, shared: 0, drops: 0 }
    await world.open()
    await world.ddl(createSource('s'))
    await world.ddl(createTable)
    world.topic.produce(0, this.#records(400))
    for (let step = 0; step < steps; step++) {
      const dice = world.random()
      if (step === 0 || (dice < 0.2 && this.#plans.size < 6)) await this.#create(`v${step}`)
      else if (dice < 0.28 && this.#plans.size > 2) {
        await this.#drop()
        result.drops++
      } else if (dice < 0.4) {
        await world.restart()
        this.#lastTick = -1
        result.crashes++
        if (world.held > 0) result.resumed++
      } else if (dice < 0.7) world.topic.produce(world.random() < 0.5 ? 0 : 1, this.#records(100 * world.random()))
      else await this.#write()
      result.shared = Math.max(
        result.shared,
        [...world.engine.world.views.values()].filter((v) => v.running !== v.plan).length,
      )
      for (let n = Math.floor(world.random() * 30); n > 0; n--) await this.#step()
    }
    for (const name of this.#plans.keys()) await world.ready(name)
    await world.until(() => this.#atEnd())
    this.#check()
    return { ...result, checks: this.#checks }
  }

  #records(n: number): Row[] {
    return Array.from({ length: Math.ceil(n) }, () => [this.#key(), Math.floor(this.#world.random() * 4)])
  }
  #key(): string {
    return 'abcdef'[Math.floor(this.#world.random() * 6)]!
  }

  async #step(): Promise<void> {
    await this.#world.runtime.step()
    const { world } = this.#world.engine
    if (world.tick === this.#lastTick || world.exclusive.busy) return
    this.#lastTick = world.tick
    this.#check()
  }

  async #create(name: string): Promise<void> {
    const world = this.#world
    const [s, t] = [world.id('s'), world.id('t')]
    const below = [...this.#plans.keys()].map((v) => world.id(v))
    const makers: (() => PhysicalPlan)[] = [
      () => countByKey(s),
      () => countByValue(s),
      () => countOfJoin(s, t),
      () => countOfJoin(t, s),
      () => countByKey(t),
      () => pairsByValue(t),
      () => largest(countByKey(s)),
      () => largest(countByKey(t)),
      () => largest(countOfJoin(s, t)),
      () => countByKey(below.find((id) => this.#typed(id)) ?? s),
    ]
    const plan = makers[Math.floor(world.random() * makers.length)]!()
    await world.ddl(
      viewOf(
        name,
        plan,
        plan.nodes.flatMap((n) => (n.op === 'get' ? [n.object] : [])),
      ),
    )
    this.#plans.set(name, plan)
  }
  /** A view whose first column is a key. */
  #typed(id: number): boolean {
    return this.#world.engine.world.views.get(id)?.plan.types[0]?.kind === 'text'
  }

  /** A view that no other one names. */
  async #drop(): Promise<void> {
    const named = new Set([...this.#plans.values()].flatMap((p) => p.nodes.map((n) => (n.op === 'get' ? n.object : 0))))
    const free = [...this.#plans.keys()].filter((name) => !named.has(this.#world.id(name)))
    const name = free[Math.floor(this.#world.random() * free.length)]
    if (name === undefined) return
    this.#plans.delete(name)
    await this.#world.ddl({ kind: 'drop', objects: [this.#world.id(name)], cascade: false })
  }

  async #write(): Promise<void> {
    const { engine } = this.#world
    const key = this.#key()
    const table = this.#world.id('t')
    const held = [...engine.world.tables.get(table)!.rows.scan()].length > 0 && this.#keys.has(key)
    const statement = held ? deleteKey(table, key) : insert(table, [[key, Math.floor(this.#world.random() * 4)]])
    // A write that a crash cut short may or may not be there.
    await this.#world.finish(engine.write(statement, call(), [])).catch(() => {})
    if (held) this.#keys.delete(key)
    else this.#keys.add(key)
  }

  /** All records are in, and no tick is under way. */
  #atEnd(): boolean {
    if (this.#world.engine.world.exclusive.busy) return false
    for (const { positions, live } of this.#world.engine.world.sources.values())
      if (live && this.#world.topic.partitions.some((rows, p) => (positions.get(p) ?? 0) < rows.length)) return false
    return true
  }

  #check(): void {
    const { world } = this.#world.engine
    const contents = new Map<number, Relation>()
    const relation = (rows: ZSet): Relation => ({ rows, errors: new ZSet() })
    const source = world.sources.get(this.#world.id('s'))!
    const records = new ZSet()
    for (const [partition, rows] of this.#world.topic.partitions.entries())
      for (const row of rows.slice(0, source.positions.get(partition) ?? 0)) records.add(row, 1)
    contents.set(source.entry.id, relation(records))
    const table = world.tables.get(this.#world.id('t'))!
    contents.set(table.entry.id, relation(new ZSet().addBatches(table.rows.scan(), ROW)))
    for (const [name, plan] of this.#plans) {
      const view = world.views.get(this.#world.id(name))
      if (view === undefined || !view.ready) continue
      const held = new ZSet().addBatches(view.output.rows.scan(), plan.types)
      contents.set(view.id, relation(held))
      if (plan.nodes.some((n) => n.op === 'get' && !contents.has(n.object))) continue
      this.#checks++
      const expected = naivePlan(plan, contents, CONTEXT, tickAt(world.tick)).rows.text()
      if (held.text() !== expected)
        throw new Error(
          `seed ${this.#seed}: ${name} at tick ${world.tick} holds\n${held.text()}\nbut recomputation gives\n${expected}`,
        )
    }
  }
}
