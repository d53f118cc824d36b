import { describe, expect, it } from 'vitest'
import type { ResultField } from '../session/contract.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import { ByteWriter } from './byte-writer.ts'
import { RowEncoder } from './data-row.ts'
import { SharedRows } from './shared-rows.ts'

const fieldsOf = (format: 0 | 1): ResultField[] =>
  [INT4, TEXT].map((type, i) => ({ name: `c${i}`, type, tableOid: 0, columnNumber: 0, format }))
const FIELDS = fieldsOf(0)
const batchOf = (id: number) =>
  batchFromRows(
    [INT4, TEXT],
    [
      [id, 'a'],
      [id, 'b'],
    ],
    [1, 2],
  )

describe('rows for several clients', () => {
  it('are left to the first client and the same bytes for all others', () => {
    const shared = new SharedRows()
    const batch = batchOf(1)
    expect(shared.get(batch, FIELDS, {})).toBeNull()
    const second = shared.get(batch, FIELDS, {})
    expect(shared.get(batch, FIELDS, {})).toBe(second)
    const direct = new ByteWriter(8)
    const encoder = new RowEncoder(direct, batch, FIELDS, {})
    for (const row of [0, 1, 1]) encoder.writeRow(row)
    expect(second).toEqual(direct.buffer.subarray(0, direct.at))
  })

  it('differ between formats and time zones', () => {
    const shared = new SharedRows()
    const batch = batchOf(1)
    shared.get(batch, FIELDS, {})
    const text = shared.get(batch, FIELDS, {})
    expect(shared.get(batch, fieldsOf(1), {})).not.toEqual(text)
    expect(shared.get(batch, FIELDS, { timeZone: 'Asia/Tokyo' })).not.toBe(text)
    expect(shared.get(batch, FIELDS, {})).toBe(text)
  })

  it('are forgotten, the oldest first, beyond the bound', () => {
    const shared = new SharedRows(150)
    const batches = [batchOf(1), batchOf(2), batchOf(3)]
    const first = batches.map((batch) => {
      shared.get(batch, FIELDS, {})
      return shared.get(batch, FIELDS, {})
    })
    expect(first[0]!.length * 2).toBeLessThanOrEqual(150)
    expect(first[0]!.length * 3).toBeGreaterThan(150)
    expect(shared.get(batches[2], FIELDS, {})).toBe(first[2])
    expect(shared.get(batches[0], FIELDS, {})).not.toBe(first[0])
  })
})
