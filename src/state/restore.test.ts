import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { buildColumn } from '../types/column-build.ts'
import { makeNumeric } from '../types/numeric.ts'
import { FLOAT8, INT4, INT8, NUMERIC, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { SlotArrangement } from './arrangement.ts'
import { CHUNK_ROWS, type Matches, type SortColumn } from './contract.ts'
import { SlotKeyedTable } from './keyed-table.ts'
import { INDEXED_LATER_MAX } from './row-chains.ts'

/** Structures filled from blocks, in one pass, large enough that nothing is sorted or found by comparison alone. */

const types = [INT4, FLOAT8, NUMERIC, TEXT, INT8]
const floats = [0, -0, 1.5, -1.5, Number.NaN, Infinity, -Infinity, 1e300, -1e-300]
const numerics = [
  makeNumeric(10, 1),
  makeNumeric(100, 2),
  makeNumeric(-7, 0),
  makeNumeric(3, 25),
  makeNumeric(123456789012345678901234567890n, 3),
]
const texts = ['', 'a', 'ab', 'abcdefgh', 'abcdefghi', 'abcdefgz', 'é', 'zz']

/** Rows of few and of many keys, with NULLs; `small`: no numeric that has no exact double. */
function rowsFrom(seed: number, n: number, small: boolean): Row[] {
  let state = seed | 1
  const next = (below: number) => {
    state = Math.imul(state, 1103515245) + 12345
    return (state >>> 8) % below
  }
  return Array.from({ length: n }, (_, i) => [
    next(3) === 0 ? next(3) : next(400),
    next(4) === 0 ? floats[next(floats.length)]! : next(1000) / 8,
    next(5) === 0
      ? null
      : next(6) === 0
        ? numerics[next(small ? 3 : numerics.length)]!
        : makeNumeric(next(5000) - 2500, next(3)),
    next(7) === 0 ? null : next(2) === 0 ? texts[next(texts.length)]! : `text ${next(300)}`,
    next(9) === 0 ? null : i % 700 === 0 && !small ? 2n ** 60n + BigInt(next(9)) : next(1e6) - 5e5,
  ])
}

/** What a checkpoint keeps, put into an empty structure. */
function restored(from: SlotArrangement, spec: ConstructorParameters<typeof SlotArrangement>[0], live: number[]) {
  const copy = new SlotArrangement(spec)
  for (let at = 0; at < live.length; at += 3 * CHUNK_ROWS) {
    const slots = Int32Array.from(live.slice(at, at + 3 * CHUNK_ROWS))
    copy.load(slots, from.save(slots, slots.length), slots.length)
  }
  copy.loaded()
  return copy
}
const liveSlots = (from: SlotArrangement) =>
  Array.from({ length: from.space.high }, (_, slot) => slot).filter((slot) => from.isLive(slot))

const text = (row: Row) =>
  JSON.stringify(row, (_, v) =>
    typeof v === 'bigint' ? `${v}n` : Object.is(v, -0) ? '-0' : typeof v === 'number' ? String(v) : v,
  )

const order = fc.record({ column: fc.constantFrom(1, 2, 3, 4), desc: fc.boolean(), nullsFirst: fc.boolean() })
const orders: fc.Arbitrary<readonly SortColumn[]> = fc.array(order, { maxLength: 2 })

describe('a restored arrangement', () => {
  test('has the rows of every key in the order of the original', () => {
    fc.assert(
      fc.property(fc.integer(), orders, fc.constantFrom([], [0], [3, 0]), fc.boolean(), (seed, by, key, small) => {
        const spec = { id: 't', types, key, order: by, copies: true }
        const original = new SlotArrangement(spec)
        const rows = rowsFrom(seed, 1500, small)
        original.apply(batchFromRows(types, rows))
        original.apply(batchFromRows(types, rows.slice(0, 300), new Array(300).fill(-1)))
        const copy = restored(original, spec, liveSlots(original))
        expect(copy.rows).toBe(original.rows)
        const [a, b] = [new Int32Array(2000), new Int32Array(2000)]
        const keys = new Map(rows.map((row) => [text(key.map((c) => row[c]!)), key.map((c) => row[c]!)]))
        for (const values of keys.values()) {
          const probe = values.map((v, i) => buildColumn(types[key[i]!]!, [v]))
          const n = original.range(probe, 0, 0, 2000, a)
          expect(copy.range(probe, 0, 0, 2000, b)).toBe(n)
          expect(copy.copies(probe, 0)).toBe(original.copies(probe, 0))
          const last = copy.atCopy(probe, 0, copy.copies(probe, 0) - 1)
          if (n > 0) expect(last).toBe(b[n - 1])
          for (let k = 0; k < n; k++)
            if (a[k] !== b[k]) expect(text(copy.rowAt(b[k]!))).toBe(text(original.rowAt(a[k]!)))
        }
      }),
      { numRuns: 25 },
    )
  })

  test('without an order finds the rows of every key, and an identical row among thousands of one key', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom([], [0], [2], [0, 1, 2, 3, 4]), fc.boolean(), (seed, key, holes) => {
        const spec = { id: 't', types, key }
        const original = new SlotArrangement(spec)
        const rows = rowsFrom(seed, 3000, false)
        original.apply(batchFromRows(types, rows))
        if (holes) original.apply(batchFromRows(types, rows.slice(500, 900), new Array(400).fill(-1)))
        const copy = restored(original, spec, liveSlots(original))
        const [a, b]: Matches[] = [0, 1].map(() => ({ n: 0, probe: new Int32Array(1), slot: new Int32Array(1) }))
        const probe = key.map((c) =>
          buildColumn(
            types[c]!,
            rows.slice(0, 200).map((row) => row[c]!),
          ),
        )
        if (key.length > 0) original.probe(probe, 200, a!)
        if (key.length > 0) copy.probe(probe, 200, b!)
        const found = (of: SlotArrangement, m: Matches) =>
          Array.from(
            { length: m.n },
            (_, i) => `${m.probe[i]} ${text(of.rowAt(m.slot[i]!))} ${of.diff(m.slot[i]!)}`,
          ).sort()
        expect(found(copy, b!)).toEqual(found(original, a!))
        // Every row goes again, and nothing is left.
        const left = holes ? [...rows.slice(0, 500), ...rows.slice(900)] : rows
        copy.apply(batchFromRows(types, left, new Array(left.length).fill(-1)))
        expect(copy.rows).toBe(0)
        copy.apply(batchFromRows(types, rows.slice(0, 50)))
        expect(
          [...copy.scan()]
            .flatMap((batch) => rowsOf(batch, types))
            .map(text)
            .sort(),
        ).toEqual([...new Set(rows.slice(0, 50).map(text))].sort())
      }),
      { numRuns: 15 },
    )
  })
})

test('a restored keyed table finds each key in its slot, and grows on', () => {
  const n = 100_000
  const spec = { id: 'k', keyTypes: [INT8], columns: ['f64'] as const }
  const original = new SlotKeyedTable(spec, null)
  const keys = [
    buildColumn(
      INT8,
      Array.from({ length: n }, (_, i) => i * 7),
    ),
  ]
  const slots = new Int32Array(n)
  original.findOrInsert(keys, n, slots)
  for (let i = 0; i < n; i += 10) original.remove(slots[i]!)
  const live = Int32Array.from(slots.filter((_, i) => i % 10 !== 0))
  const copy = new SlotKeyedTable(spec, null)
  copy.load(live, original.save(live, live.length), live.length)
  copy.loaded()
  const [a, b] = [new Int32Array(n), new Int32Array(n)]
  original.find(keys, n, a)
  copy.find(keys, n, b)
  expect(b).toEqual(a)
  copy.findOrInsert(keys, n, b)
  expect(copy.rows).toBe(n)
  expect(new Set(b).size).toBe(n)
})

test('a restored chain of very many rows has its row index from the start', () => {
  const n = 2 * INDEXED_LATER_MAX
  const spec = { id: 'c', types: [INT4, INT8], key: [0] }
  const original = new SlotArrangement(spec)
  const cols = [new Array(n).fill(7), Array.from({ length: n }, (_, i) => i)].map((v, c) =>
    buildColumn(spec.types[c]!, v),
  )
  original.apply({ n, cols, diffs: new Int32Array(n).fill(1) })
  const copy = restored(original, spec, liveSlots(original))
  copy.apply({ n, cols, diffs: new Int32Array(n).fill(2) })
  expect(copy.rows).toBe(n)
  copy.apply({ n, cols, diffs: new Int32Array(n).fill(-3) })
  expect(copy.rows).toBe(0)
})
