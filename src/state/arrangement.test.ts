import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildColumn } from '../types/column-build.ts'
import { compareBySort, compareValueRows } from '../types/compare.ts'
import { equalRows } from '../types/hash.ts'
import { INT8, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { ArrangementPin, Matches } from './contract.ts'
import { anyDelta, anyRow, contents, deltaBatch, Multiset, rowTypes, sortRows } from './deltas.testkit.ts'
import { createState } from './factory.ts'

const keysOf = (key: readonly number[], row: Row) => key.map((c) => buildColumn(rowTypes[c], [row[c]]))
const sameKey = (key: readonly number[], a: Row, b: Row) => equalRows(keysOf(key, a), 0, keysOf(key, b), 0)
const newMatches = (): Matches => ({ n: 0, probe: new Int32Array(1), slot: new Int32Array(1) })
const keyOf = fc.constantFrom([], [0], [2], [1, 3], [0, 1, 2, 3])
const order = [
  { column: 0, desc: true, nullsFirst: true },
  { column: 2, desc: false, nullsFirst: false },
]

type Step = { kind: 'delta'; delta: [Row, number][] } | { kind: 'pin' } | { kind: 'release' } | { kind: 'clear' }
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: anyDelta.map((delta) => ({ kind: 'delta', delta }) as Step) },
    { weight: 2, arbitrary: fc.constant({ kind: 'pin' } as Step) },
    { weight: 2, arbitrary: fc.constant({ kind: 'release' } as Step) },
    { weight: 1, arbitrary: fc.constant({ kind: 'clear' } as Step) },
  ),
  { maxLength: 25 },
)

describe('an arrangement', () => {
  test('holds what its deltas add up to, and shows pins what they saw, whatever the key and order', () => {
    fc.assert(
      fc.property(steps, keyOf, fc.boolean(), (plan, key, ordered) => {
        const spec = { id: 'v1/1/rows', types: rowTypes, key }
        const arrangement = createState().arrangement(ordered ? { ...spec, order } : spec)
        const model = new Multiset(rowTypes)
        const pins: { pin: ArrangementPin; model: Multiset }[] = []
        for (const step of plan) {
          if (step.kind === 'delta') {
            arrangement.apply(deltaBatch(step.delta))
            model.apply(step.delta)
          } else if (step.kind === 'clear') {
            arrangement.clear()
            model.rows = []
          } else if (step.kind === 'pin') pins.push({ pin: arrangement.pin(), model: model.copy() })
          else pins.splice(pins.length >> 1, 1)[0]?.pin.release()
          expect(contents(arrangement)).toEqual(model.sorted())
          expect(arrangement.rows).toBe(model.rows.length)
          for (const { pin, model: then } of pins) expect(contents(pin)).toEqual(then.sorted())
        }
        for (const { pin, model: then } of pins) {
          for (const { row } of [...then.rows, ...model.rows]) {
            const found = pin.lookup(key.map((c) => row[c]))
            const expected = then.rows.filter((entry) => sameKey(key, entry.row, row))
            expect(sortRows(rowTypes, found)).toEqual(sortRows(rowTypes, expected))
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('probe gives every slot of each key, absent keys give none, NULL finds NULL', () => {
    fc.assert(
      fc.property(anyDelta, fc.array(anyRow, { maxLength: 8 }), keyOf, fc.boolean(), (delta, probes, key, ordered) => {
        const spec = { id: 'a', types: rowTypes, key }
        const arrangement = createState().arrangement(ordered ? { ...spec, order } : spec)
        arrangement.apply(deltaBatch(delta))
        const model = new Multiset(rowTypes)
        model.apply(delta)
        const out = newMatches()
        const batch = deltaBatch(probes.map((row) => [row, 1] as const))
        arrangement.probe(
          key.map((c) => batch.cols[c]),
          batch.n,
          out,
        )
        for (let i = 0; i < probes.length; i++) {
          const found: { row: Row; diff: number }[] = []
          for (let k = 0; k < out.n; k++) {
            if (out.probe[k] !== i) continue
            found.push({ row: arrangement.rowAt(out.slot[k]), diff: arrangement.diff(out.slot[k]) })
          }
          const expected = model.rows.filter((entry) => sameKey(key, entry.row, probes[i]))
          expect(sortRows(rowTypes, found)).toEqual(sortRows(rowTypes, expected))
        }
      }),
    )
  })

  test('range gives the rows of a key by rank: in order, ties by the row order', () => {
    fc.assert(
      fc.property(
        fc.array(anyDelta, { maxLength: 6 }),
        fc.constantFrom([], [1]),
        fc.nat(6),
        fc.nat(6),
        (deltas, key, from, limit) => {
          const arrangement = createState().arrangement({ id: 'a', types: rowTypes, key, order })
          const model = new Multiset(rowTypes)
          for (const delta of deltas) {
            arrangement.apply(deltaBatch(delta))
            model.apply(delta)
          }
          const probe: Row = [null, 'a', null, null]
          const expected = model.rows
            .filter((entry) => sameKey(key, entry.row, probe))
            .map((entry) => entry.row)
            .sort((a, b) => compareOrdered(a, b))
          const out = new Int32Array(limit)
          const n = arrangement.range(keysOf(key, probe), 0, from, limit, out)
          expect(Array.from(out.subarray(0, n), (slot) => arrangement.rowAt(slot))).toEqual(
            expected.slice(from, from + limit),
          )
          const found = new Int32Array(1)
          for (const [rank, row] of expected.entries()) {
            const cols = row.map((_, c) => keysOf([c], row)[0])
            expect(arrangement.rankOf(cols, 0, found)).toBe(rank)
            expect(arrangement.rowAt(found[0])).toEqual(row)
          }
        },
      ),
    )
  })

  test('copies of rows have places: of negative count none', () => {
    fc.assert(
      fc.property(fc.array(anyDelta, { maxLength: 6 }), fc.constantFrom([], [1]), anyRow, (deltas, key, probe) => {
        const arrangement = createState().arrangement({ id: 'a', types: rowTypes, key, order, copies: true })
        const model = new Multiset(rowTypes)
        for (const delta of deltas) {
          arrangement.apply(deltaBatch(delta))
          model.apply(delta)
        }
        const rows = model.rows
          .filter((entry) => sameKey(key, entry.row, probe))
          .sort((a, b) => compareOrdered(a.row, b.row))
        const copiesOf = (some: typeof rows) =>
          some.flatMap(({ row, diff }) => new Array<Row>(Math.max(0, diff)).fill(row))
        const keys = keysOf(key, probe)
        const places = copiesOf(rows)
        expect(arrangement.copies(keys, 0)).toBe(places.length)
        places.forEach((row, n) => {
          expect(arrangement.rowAt(arrangement.atCopy(keys, 0, n))).toEqual(row)
        })
        expect(arrangement.atCopy(keys, 0, places.length)).toBe(-1)
        const cols = probe.map((_, c) => keysOf([c], probe)[0])
        for (const past of [false, true]) {
          const before = rows.filter(({ row }) => {
            const sign = compareBySort(
              order,
              rowTypes,
              row.map((_, c) => keysOf([c], row)[0]),
              0,
              cols,
              0,
            )
            return past ? sign <= 0 : sign < 0
          })
          expect(arrangement.seekRow(cols, 0, past)).toEqual({ slots: before.length, copies: copiesOf(before).length })
        }
      }),
    )
  })

  test('append-only: adds up to the same, identical rows in slots of their own; pins see what they saw', () => {
    const positive = fc.array(
      anyDelta.map((delta) => delta.map(([row, diff]): [Row, number] => [row, Math.abs(diff)])),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(positive, keyOf, fc.nat(5), (deltas, key, pinAt) => {
        const arrangement = createState().arrangement({ id: 'a', types: rowTypes, key, appendOnly: true })
        const model = new Multiset(rowTypes)
        let pinned: { pin: ArrangementPin; model: Multiset } | null = null
        for (const [at, delta] of deltas.entries()) {
          if (at === pinAt) pinned = { pin: arrangement.pin(), model: model.copy() }
          arrangement.apply(deltaBatch(delta))
          model.apply(delta)
        }
        expect(arrangement.rows).toBe(deltas.flat().length)
        expect(summed(contents(arrangement))).toEqual(model.sorted())
        if (pinned !== null) expect(summed(contents(pinned.pin))).toEqual(pinned.model.sorted())
        const out = newMatches()
        for (const { row } of model.rows) {
          arrangement.probe(keysOf(key, row), 1, out)
          const found = Array.from({ length: out.n }, (_, k) => out.slot[k]).map((slot) => {
            return { row: arrangement.rowAt(slot), diff: arrangement.diff(slot) }
          })
          const expected = model.rows.filter((entry) => sameKey(key, entry.row, row))
          expect(summed(found)).toEqual(sortRows(rowTypes, expected))
        }
        // Not meant to happen, and yet right.
        for (const delta of deltas) arrangement.apply(deltaBatch(delta.map(([row, diff]) => [row, -diff])))
        expect(summed(contents(arrangement))).toEqual([])
      }),
    )
  })

  test('append-only: many texts at once, into slots of which some were used before', () => {
    const types = [INT8, TEXT]
    const arrangement = createState().arrangement({ id: 'a', types, key: [0], appendOnly: true })
    const rows = (from: number, n: number, diff = 1) =>
      Array.from({ length: n }, (_, i): [Row, number] => [[from + i, `text ${from + i}`.repeat((from + i) % 5)], diff])
    arrangement.apply(deltaBatch(rows(0, 3000), types))
    arrangement.apply(deltaBatch(rows(500, 700, -1), types))
    arrangement.apply(deltaBatch(rows(5000, 2000), types))
    const expected = [...rows(0, 500), ...rows(1200, 1800), ...rows(5000, 2000)]
    expect(contents(arrangement, types)).toEqual(expected.map(([row, diff]) => ({ row, diff })))
  })

  test('thousands of rows under one key: each is still found by itself', () => {
    const arrangement = createState().arrangement({ id: 'a', types: [INT8, TEXT], key: [1] })
    const rows = Array.from({ length: 5000 }, (_, i): [Row, number] => [[i, 'same'], 1])
    arrangement.apply(deltaBatch(rows, [INT8, TEXT]))
    arrangement.apply(
      deltaBatch(
        rows.slice(1).map(([row]) => [row, -1]),
        [INT8, TEXT],
      ),
    )
    expect(contents(arrangement, [INT8, TEXT])).toEqual([{ row: [0, 'same'], diff: 1 }])
    arrangement.apply(
      deltaBatch(
        rows.slice(0, 1).map(([row]) => [row, -1]),
        [INT8, TEXT],
      ),
    )
    expect(arrangement.rows).toBe(0)
  })

  test('a slot is reused only when no reader needs its old row', () => {
    const arrangement = createState().arrangement({ id: 'a', types: [INT8], key: [0] })
    arrangement.apply(deltaBatch([[[1], 1]], [INT8]))
    const pin = arrangement.pin()
    arrangement.apply(
      deltaBatch(
        [
          [[1], -1],
          [[2], 1],
        ],
        [INT8],
      ),
    )
    const later = arrangement.pin()
    pin.release()
    arrangement.apply(deltaBatch([[[3], 1]], [INT8]))
    expect(contents(later, [INT8])).toEqual([{ row: [2], diff: 1 }])
    later.release()
    expect(contents(arrangement, [INT8])).toEqual([
      { row: [2], diff: 1 },
      { row: [3], diff: 1 },
    ])
  })

  test('the same calls give the same slots and the same scan order', () => {
    fc.assert(
      fc.property(fc.array(anyDelta, { maxLength: 6 }), (deltas) => {
        const make = () => {
          const arrangement = createState().arrangement({ id: 'a', types: rowTypes, key: [1] })
          for (const delta of deltas) arrangement.apply(deltaBatch(delta))
          return [...arrangement.scan()]
        }
        expect(make()).toEqual(make())
      }),
    )
  })
})

function compareOrdered(a: Row, b: Row): number {
  const cols = (row: Row) => row.map((value, c) => buildColumn(rowTypes[c], [value]))
  return compareBySort(order, rowTypes, cols(a), 0, cols(b), 0) || compareValueRows(rowTypes, a, b)
}

function summed(rows: readonly { row: Row; diff: number }[]) {
  const sums = new Multiset(rowTypes)
  sums.apply(rows.map(({ row, diff }): [Row, number] => [row, diff]))
  return sums.sorted()
}
