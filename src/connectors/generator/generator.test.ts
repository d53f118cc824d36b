import { describe, expect, test } from 'vitest'
import { silentLog } from '../../base/log.ts'
import { type Runtime, systemRuntime } from '../../base/runtime.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { nullColumn } from '../../types/column-shape.ts'
import type { Datum } from '../../types/value.ts'
import type { SourceConnector } from '../contract.ts'
import { readAll, Taken } from '../kafka/source.testkit.ts'
import { createConnector, validateConnector } from '../registry.ts'
import type { EventGenerator } from './event-generator.ts'
import type { GeneratorName } from './generator-options.ts'
import { makeGenerator } from './generators.ts'

const START_MS = 1_700_000_000_000
const CASES: readonly [GeneratorName, Record<string, Datum>][] = [
  ['counter', {}],
  ['key value', { keys: 7, partitions: 2, 'value size': 5 }],
  ...['organizations', 'users', 'accounts', 'auctions', 'bids'].map(
    (table) => ['auction', { table }] as [GeneratorName, Record<string, Datum>],
  ),
  ...['person', 'auction', 'bid', 'event'].map(
    (table) => ['nexmark', { table }] as [GeneratorName, Record<string, Datum>],
  ),
]

const generatorOf = (name: GeneratorName, options: Record<string, Datum>): EventGenerator =>
  makeGenerator(name, validateConnector(name, options, START_MS).options).generator

function rows(generator: EventGenerator, from: number, to: number): [number, ...Datum[]][] {
  const { n, cols, offsets } = generator.generate(from, to, null)
  const batch = { n, diffs: new Int32Array(n), cols: cols as Column[] }
  const types = generator.rowType.map((field) => field.type)
  return rowsOf(batch, types).map((row, i) => [offsets[i], ...row])
}

describe.each(CASES)('generator %s %j', (name, options) => {
  test('a range made at once, in pieces, or again has the same rows; another seed has others', () => {
    const generator = generatorOf(name, options)
    const end = generator.count ?? 640
    const all = rows(generator, 0, end)
    expect(all.length).toBeGreaterThan(0)
    for (const cut of [1, 50, 97].filter((each) => each < end)) {
      expect([...rows(generator, 0, cut), ...rows(generatorOf(name, options), cut, end)]).toEqual(all)
    }
    if (name === 'counter' || options['table'] === 'organizations') return
    expect(rows(generatorOf(name, { ...options, seed: 1 }), 0, end)).not.toEqual(all)
  })

  test('columns that are not wanted may be left out, and the wanted ones are the same', () => {
    const generator = generatorOf(name, options)
    const end = generator.count ?? 200
    const all = generator.generate(0, end, null)
    for (const c of generator.rowType.keys()) {
      const one = generator.generate(0, end, new Set([c]))
      expect(one.cols[c]).toEqual(all.cols[c])
    }
  })
})

describe('NEXMARK', () => {
  const table = (name: string, to: number) => rows(generatorOf('nexmark', { table: name }), 0, to)

  test('of 50 events 1 is a person, 3 are auctions, 46 are bids, and ids count up from 1000', () => {
    const persons = table('person', 5_000)
    const auctions = table('auction', 5_000)
    expect([persons.length, auctions.length, table('bid', 5_000).length]).toEqual([100, 300, 4_600])
    expect(persons.map(([, id]) => id)).toEqual(persons.map((_, i) => 1000 + i))
    expect(auctions.map(([, id]) => id)).toEqual(auctions.map((_, i) => 1000 + i))
    expect(auctions.slice(0, 4).map(([offset]) => offset)).toEqual([1, 2, 3, 51])
  })

  test('the combined relation has every event, with the rows of the three', () => {
    const events = table('event', 200)
    expect(events.map(([offset]) => offset)).toEqual(Array.from({ length: 200 }, (_, i) => i))
    const of = (type: number, from: number, to: number) =>
      events.filter((row) => row[1] === type).map((row) => [row[0], ...row.slice(from, to)])
    expect(of(0, 2, 10)).toEqual(table('person', 200))
    expect(of(1, 10, 20)).toEqual(table('auction', 200))
    expect(of(2, 20, 27)).toEqual(table('bid', 200))
    expect(
      events.every((row) => row.filter((value) => value === null).length === 25 - [8, 10, 7][row[1] as number]),
    ).toBe(true)
  })

  test('half of the bids go to the hot auction, three quarters come from the hot bidder, prices are log-uniform', () => {
    const bids = rows(generatorOf('nexmark', { table: 'bid' }), 100_000, 150_000)
    const share = (is: (row: Datum[]) => boolean) => bids.filter(is).length / bids.length
    expect(share(([, auction]) => ((auction as number) - 1000) % 100 === 0)).toBeCloseTo(0.505, 1)
    expect(share(([, , bidder]) => ((bidder as number) - 1000) % 100 === 1)).toBeCloseTo(0.7525, 1)
    expect(share(([, , , price]) => (price as number) < 100_000)).toBeCloseTo(0.5, 1)
    expect(share(([, , , , channel]) => !(channel as string).startsWith('channel-'))).toBeCloseTo(0.5, 1)
    const now = 1000 + 150_000 * (3 / 50)
    expect(bids.every(([, auction]) => (auction as number) > now - 3_200 && (auction as number) < now + 10)).toBe(true)
  })

  test('event times follow the rate', () => {
    const [first] = table('bid', 50)
    expect(first[6]).toBe(START_MS * 1000)
    const at = rows(generatorOf('nexmark', { table: 'bid' }), 10_004, 10_005)
    expect(at[0][6]).toBe((START_MS + 1_000) * 1000)
  })
})

test('AUCTION: a bid goes to an auction that is open at that time', () => {
  const auctions = rows(generatorOf('auction', { table: 'auctions' }), 0, 10)
  for (const [, , , auction, , at] of rows(generatorOf('auction', { table: 'bids' }), 0, 100)) {
    const end = auctions[(auction as number) - 1][4] as number
    expect(at as number).toBeLessThan(end)
    expect(at as number).toBeGreaterThanOrEqual(end - 10_000_000)
  }
})

describe('a generator as a source', () => {
  const make = (options: Record<string, Datum>, runtime: Runtime = systemRuntime): SourceConnector => {
    const spec = {
      transport: { kind: 'counter', options: validateConnector('counter', options, runtime.nowMs()).options },
      keyFormat: null,
      format: null,
      envelope: { kind: 'none' as const, options: {} },
      include: [],
    }
    const rowType = generatorOf('counter', {}).rowType
    return createConnector(spec, rowType, { runtime, log: silentLog, threads: false, resolve: [] })
  }
  const rowType = generatorOf('counter', {}).rowType

  test('UP TO ends it, a bounded reader takes exactly its range', async () => {
    const source = make({ 'up to': 10_000, 'start time': 0 })
    expect((await source.partitions())[0].endOffset).toBe(10_000)
    expect((await readAll(source, rowType)).count).toBe(10_000)
    const taken = new Taken(rowType)
    source.open(taken.options(new Map([[0, 5_000]]), { until: new Map([[0, 5_003]]) }))
    await taken.until('the end', () => taken.ended)
    expect(taken.rows()).toEqual([[5_001], [5_002], [5_003]])
    await source.close()
  })

  test('event k comes at start + k × interval, and what was due while nobody read comes at once', async () => {
    let nowMs = START_MS
    const timers: { fn: () => void; atMs: number }[] = []
    const manual: Runtime = {
      ...systemRuntime,
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      setTimer(fn, delayMs) {
        const timer = { fn, atMs: nowMs + delayMs }
        timers.push(timer)
        return () => {
          const at = timers.indexOf(timer)
          if (at >= 0) timers.splice(at, 1)
        }
      },
    }
    const settle = async () => {
      for (let i = 0; i < 20; i++) await systemRuntime.yieldToIo()
    }
    const advance = async (ms: number) => {
      nowMs += ms
      for (const timer of timers.filter((each) => each.atMs <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.fn()
      }
      await settle()
    }
    const source = make({ 'tick interval': '1 second' }, manual)
    await advance(2_500)
    const taken = new Taken(rowType)
    const reader = source.open(taken.options(await source.startPositions()))
    await settle()
    expect(taken.rows()).toEqual([[1], [2], [3]])
    await advance(499)
    expect(taken.count).toBe(3)
    await advance(1)
    expect(taken.count).toBe(4)
    await reader.stop()
    await advance(10_000)
    expect(taken.count).toBe(4)
  })

  test('columns that nobody asked for come as NULLs of the right length', async () => {
    const source = make({ 'up to': 3, 'start time': 0 })
    const taken = new Taken(rowType)
    source.open(taken.options(new Map([[0, 0]]), { columns: [], until: new Map([[0, 3]]) }))
    await taken.until('the end', () => taken.ended)
    expect(taken.batches[0].rows.cols.length).toBe(1)
    expect(nullColumn(rowType[0].type, 3).nulls).toEqual(Uint8Array.of(1, 1, 1))
    await source.close()
  })
})
