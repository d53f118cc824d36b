import { describe, expect, it } from 'vitest'
import type { Row } from '../types/value.ts'
import { createSource } from './testing/fake-source.ts'
import { call, countByValue, createTable, insert } from './testing/plans.ts'
import { countByKey, countOfJoin, largest, viewOf } from './testing/source-plans.ts'
import { SourceWorld } from './testing/source-world.ts'

const records = (n: number): Row[] => Array.from({ length: n }, (_, i) => ['abc'[i % 3]!, i % 7])

async function world(): Promise<SourceWorld> {
  const made = new SourceWorld(3)
  made.topic.produce(0, records(300))
  await made.open()
  await made.ddl(createSource('s'))
  await made.ddl(createTable)
  await made.finish(
    made.engine.write(
      insert(made.id('t'), [
        ['a', 1],
        ['b', 2],
      ]),
      call(),
      [],
    ),
  )
  return made
}
const bytes = (of: SourceWorld, ...names: string[]) => names.map((name) => of.view(name).bytes())
const drop = (of: SourceWorld, name: string) => of.ddl({ kind: 'drop', objects: [of.id(name)], cascade: false })
const views = (of: SourceWorld) => of.engine.world.views.size
const structures = (of: SourceWorld) => [...of.engine.world.views.values()].flatMap((v) => v.structures()).length

describe('equal plans of views', () => {
  it('cost one state, over streams and tables', async () => {
    const of = await world()
    for (const [name, plan] of [
      ['stream', countByKey(of.id('s'))],
      ['table', countByKey(of.id('t'))],
      ['both', countOfJoin(of.id('s'), of.id('t'))],
    ] as const) {
      const below = plan.nodes.flatMap((n) => (n.op === 'get' ? [n.object] : []))
      await of.ddl(viewOf(name, plan, below))
      await of.ready(name)
      await of.ddl(viewOf(`${name}_again`, plan, below))
      expect(of.view(`${name}_again`).ready).toBe(true)
      const [one, other] = bytes(of, name, `${name}_again`)
      expect(one).toBeGreaterThan(10_000)
      expect(other).toBeLessThan(1000)
      expect(of.rows(`${name}_again`)).toEqual(of.rows(name))
    }
    expect(of.topic.fetched.range).toBeLessThanOrEqual(300)
    of.topic.produce(0, records(1))
    await of.until(() => of.rows('stream')[0] === '+ a 101')
    expect(of.rows('stream_again')).toEqual(of.rows('stream'))
    expect(of.rows('both_again')).toEqual(of.rows('both'))
  })
  it('share a part: the rest is worked on the result of the other view', async () => {
    const of = await world()
    await of.ddl(viewOf('counted', countByKey(of.id('s')), [of.id('s')]))
    await of.ready('counted')
    await of.ddl(viewOf('most', largest(countByKey(of.id('s'))), [of.id('s')]))
    await of.ready('most')
    expect(of.view('most').reads).toEqual([of.id('counted')])
    of.topic.produce(0, records(1))
    await of.until(() => of.rows('most')[0] === '+ a 101')
    expect(of.rows('most')).toEqual(['+ a 101', '+ b 100', '+ c 100'])
  })
  it('stay when the view that keeps the state is dropped, through restarts, and go with the last reader', async () => {
    const of = await world()
    const none = structures(of)
    await of.ddl(viewOf('first', countByKey(of.id('s')), [of.id('s')]))
    await of.ready('first')
    await of.ddl(viewOf('second', countByKey(of.id('s')), [of.id('s')]))
    await of.ddl(viewOf('third', largest(countByKey(of.id('s'))), [of.id('s')]))
    await of.ready('third')
    await drop(of, 'first')
    expect([views(of), of.engine.catalog().byName(2200, 'first')]).toEqual([3, undefined])
    // Its name is free.
    await of.ddl(viewOf('first', countByValue(of.id('s')), [of.id('s')]))
    await of.ready('first')
    await of.restart()
    await of.ready('second')
    of.topic.produce(0, records(2))
    await of.until(() => of.rows('second')[1] === '+ b 101')
    expect(of.rows('second')).toEqual(['+ a 101', '+ b 101', '+ c 100'])
    await of.until(() => of.rows('third')[1] === '+ b 101')
    await drop(of, 'second')
    await of.restart()
    await of.ready('third')
    expect(of.rows('third')).toEqual(['+ a 101', '+ b 101', '+ c 100'])
    expect(views(of)).toBe(3)
    await drop(of, 'third')
    await drop(of, 'first')
    expect([views(of), structures(of), of.engine.world.sources.get(of.id('s'))!.live]).toEqual([0, none, false])
    await of.restart()
    expect(views(of)).toBe(0)
  })
  it('are told by operator_state, with who shares them; shared arrangements too', async () => {
    const of = await world()
    const t = of.id('t')
    await of.ddl(viewOf('first', countByKey(t), [t]))
    await of.ddl(viewOf('second', countByKey(t), [t]))
    await of.ddl(viewOf('joined', countOfJoin(t, t), [t]))
    const joinedOtherwise = largest(countOfJoin(t, t))
    const [get, again, join, ...rest] = joinedOtherwise.nodes
    await of.ddl(
      viewOf(
        'left',
        { ...joinedOtherwise, nodes: [get!, again!, { ...join!, type: 'left' } as typeof join & {}, ...rest] },
        [t],
      ),
    )
    const state = (await of.told('operator_state')).map((line) => line.split('|'))
    const shared = (object: string) =>
      state.filter((row) => row[6] === object).map(([, , , rows, , , , structure, by]) => [structure, rows, by])
    expect(shared('first').every(([, , by]) => by === 'second')).toBe(true)
    expect(shared('second')).toEqual([[expect.stringContaining('/result/errors'), '0', '']])
    expect(shared('t')).toContainEqual([expect.stringMatching(/^shared\/.*\/by-0$/), '2', 'joined, left'])
    expect(state.reduce((bytes, row) => bytes + (row[0] === 'second' ? Number(row[4]) : 0), 0)).toBeLessThan(1000)
  })
  it('are found again by a view that is made when the first of them is gone', async () => {
    const of = await world()
    for (const name of ['first', 'second', 'third']) {
      await of.ddl(viewOf(name, countByKey(of.id('t')), [of.id('t')]))
      if (name !== 'first') expect(of.view(name).resultOf).not.toBeNull()
      if (name === 'second') await drop(of, 'first')
    }
    expect(of.rows('third')).toEqual(['+ a 1', '+ b 1'])
  })
  it('do not share when their readers of a stream began at other offsets', async () => {
    const of = await world()
    await of.ddl(viewOf('early', countByKey(of.id('s')), [of.id('s')]))
    await of.ready('early')
    of.topic.first = 150
    await of.ddl(viewOf('late', countByKey(of.id('s')), [of.id('s')]))
    await of.ready('late')
    await of.ddl(viewOf('late_again', countByKey(of.id('s')), [of.id('s')]))
    expect(['early', 'late', 'late_again'].map((v) => of.view(v).resultOf)).toEqual([null, null, of.id('late')])
    expect([of.rows('early'), of.rows('late'), of.rows('late_again')].map((rows) => rows[0])).toEqual([
      '+ a 100',
      '+ a 50',
      '+ a 50',
    ])
  })
  it('do not share with a view that cannot be read yet', async () => {
    const of = await world()
    await of.ddl(viewOf('first', countByValue(of.id('s')), [of.id('s')]))
    await of.ready('first')
    of.topic.rangeRecordsMax = 100
    await of.ddl(viewOf('slow', countByKey(of.id('s')), [of.id('s')]))
    await of.ddl(viewOf('other', countByKey(of.id('s')), [of.id('s')]))
    expect(of.view('other').resultOf).toBeNull()
    of.topic.allowRanges()
    for (const name of ['slow', 'other']) {
      await of.ready(name)
      expect(of.rows(name)[0]).toBe('+ a 100')
    }
  })
})
