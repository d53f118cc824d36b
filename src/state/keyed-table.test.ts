import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildColumn } from '../types/column-build.ts'
import { datumAt } from '../types/column-read.ts'
import { equalRows } from '../types/hash.ts'
import { INT8, NUMERIC, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT, type KeyedTable } from './contract.ts'
import { createState } from './factory.ts'
import { openScratchPager } from './lmdb/pager.testkit.ts'
import { memoryPager } from './memory-pager.testkit.ts'

const types = [INT8, TEXT]
const codec = {
  encode: (v: unknown) => Buffer.from(JSON.stringify(v)),
  decode: (b: Uint8Array) => JSON.parse(Buffer.from(b).toString()) as unknown,
}
const columnsOf = (keys: readonly Row[]) =>
  types.map((type, c) =>
    buildColumn(
      type,
      keys.map((key) => key[c]),
    ),
  )
const anyKey: fc.Arbitrary<Row> = fc.tuple(fc.constantFrom(null, 1, 2, 3), fc.constantFrom(null, 'x', 'y'))

/** Adds 1 to every accumulator of each key, as an aggregate would. */
function count(table: KeyedTable, keys: readonly Row[]): void {
  const slots = new Int32Array(keys.length)
  table.findOrInsert(columnsOf(keys), keys.length, slots)
  for (const slot of slots) {
    table.touch(slot)
    table.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += 0.5
    table.chunkI32(1, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += 1
    const any = table.chunkAny(2, slot >> CHUNK_SHIFT)
    any[slot & CHUNK_MASK] = [...((any[slot & CHUNK_MASK] as number[] | undefined) ?? []), 7]
  }
}
function read(table: KeyedTable, slot: number) {
  const [c, at] = [slot >> CHUNK_SHIFT, slot & CHUNK_MASK]
  return [table.chunkF64(0, c)[at], table.chunkI32(1, c)[at], table.chunkAny(2, c)[at]]
}
const sameKey = (a: Row, b: Row) => equalRows(columnsOf([a]), 0, columnsOf([b]), 0)

describe('a keyed table', () => {
  test.each([
    ['held in memory', false],
    ['with every chunk evicted at every tick', true],
  ])('keeps one row of accumulators a key, %s', (_, evicted) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(anyKey), anyKey), { maxLength: 12 }), (ticks) => {
        const pager = memoryPager()
        const state = createState({ pager })
        const table = state.keyedTable({ id: 't', keyTypes: types, columns: ['f64', 'i32', 'any'], anyCodec: codec })
        const model: { key: Row; n: number }[] = []
        for (const [keys, gone] of ticks) {
          count(table, keys)
          for (const key of keys) {
            const known = model.find((entry) => sameKey(entry.key, key))
            if (known) known.n++
            else model.push({ key, n: 1 })
          }
          const slot = new Int32Array(1)
          table.find(columnsOf([gone]), 1, slot)
          const at = model.findIndex((entry) => sameKey(entry.key, gone))
          expect(slot[0] >= 0).toBe(at >= 0)
          if (at >= 0) {
            table.remove(slot[0])
            model.splice(at, 1)
          }
          if (evicted) {
            state.evict()
            if (table.rows > 0) expect(pager.chunks).toBe(3)
          }
        }
        expect(table.rows).toBe(model.length)
        expect([...table.slots()].length).toBe(model.length)
        const slots = new Int32Array(model.length)
        table.find(columnsOf(model.map(({ key }) => key)), model.length, slots)
        model.forEach(({ n }, i) => {
          expect(read(table, slots[i])).toEqual([n / 2, n, new Array(n).fill(7)])
        })
      }),
    )
  })

  test('an aggregate with all its chunks in LMDB between any two ticks', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-pager-'))
    const pager = openScratchPager(directory)
    const state = createState({ pager })
    const table = state.keyedTable({ id: 't', keyTypes: types, columns: ['f64', 'i32', 'any'], anyCodec: codec })
    const keys = Array.from({ length: 9000 }, (_, i): Row => [i, i % 2 === 0 ? 'even' : null])
    for (let tick = 0; tick < 3; tick++) {
      count(table, keys)
      const resident = table.bytes()
      state.evict()
      expect(resident - table.bytes()).toBe(Math.ceil(keys.length / CHUNK_ROWS) * CHUNK_ROWS * (8 + 4 + 8))
    }
    const slots = new Int32Array(keys.length)
    table.find(columnsOf(keys), keys.length, slots)
    for (const slot of slots) expect(read(table, slot)).toEqual([1.5, 3, [7, 7, 7]])
    await pager.close()
    rmSync(directory, { recursive: true })
  })

  test('gathers numerics of several scales beside a chunk of NULLs', () => {
    const table = createState().keyedTable({ id: 't', keyTypes: [NUMERIC, INT8], columns: ['f64'] })
    const rows = Array.from({ length: 3 * CHUNK_ROWS }, (_, i): Row => {
      const chunk = Math.floor(i / CHUNK_ROWS)
      return [chunk === 1 ? null : { mantissa: i, scale: chunk }, i]
    })
    const slots = new Int32Array(rows.length)
    const columns = [NUMERIC, INT8].map((type, c) =>
      buildColumn(
        type,
        rows.map((row) => row[c]),
      ),
    )
    table.findOrInsert(columns, rows.length, slots)
    for (const picked of [[0, CHUNK_ROWS], [CHUNK_ROWS, 0], [CHUNK_ROWS, 2 * CHUNK_ROWS, 5], [CHUNK_ROWS]]) {
      const [numbers] = table.gatherKeys(
        Int32Array.from(picked, (i) => slots[i]),
        picked.length,
      )
      expect(picked.map((_, k) => datumAt(numbers, k, NUMERIC))).toEqual(picked.map((i) => rows[i][0]))
    }
  })

  test('grows to 300,000 keys and back without losing one', () => {
    const table = createState().keyedTable({ id: 't', keyTypes: [INT8], columns: ['f64'] })
    const slots = new Int32Array(4096)
    const page = (start: number) => ({
      kind: 'f64' as const,
      data: Float64Array.from(slots, (_, i) => start + i),
      nulls: null,
    })
    const pages = 74
    for (let p = 0; p < pages; p++) table.findOrInsert([page(p * 4096)], 4096, slots)
    expect(table.rows).toBe(pages * 4096)
    expect(table.bytes() / table.rows).toBeLessThan(50)
    for (let p = 0; p < pages; p++) {
      table.find([page(p * 4096)], 4096, slots)
      for (let i = 0; i < 4096; i++) {
        if (slots[i] < 0) throw new Error(`key ${p * 4096 + i} is lost`)
        if (i % 2 === 1) table.remove(slots[i])
      }
    }
    expect(table.rows).toBe((pages * 4096) / 2)
    table.find([page(4096)], 4096, slots)
    expect(Array.from(slots, (slot) => slot >= 0)).toEqual(Array.from(slots, (_, i) => i % 2 === 0))
  })
})
