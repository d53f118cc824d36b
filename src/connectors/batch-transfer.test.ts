import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { datumOf, someTypes } from '../types/values.testkit.ts'
import { packBatch, unpackBatch } from './batch-transfer.ts'

test('a batch of any types arrives in another thread as it was sent, in one buffer', () => {
  const row = fc.tuple(...someTypes.map((type) => fc.option(datumOf(type))))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.boolean(), (rows, upsert) => {
      const batch = {
        partition: 3,
        first: 10,
        next: 99,
        rows: batchFromRows(someTypes, rows),
        deletes: upsert ? Uint8Array.from(rows, (_, i) => i % 2) : null,
        offsets: Float64Array.from(rows, (_, i) => 10 + i),
        deadLetters: [{ partition: 3, offset: 50, reason: 'bad', key: null, value: Uint8Array.of(1, 2) }],
      }
      const packed = packBatch(batch)
      const received = unpackBatch(structuredClone(packed, { transfer: [packed.buffer] }))
      expect(packed.buffer.byteLength).toBe(0)
      expect(rowsOf(received.rows, someTypes)).toEqual(rowsOf(batch.rows, someTypes))
      expect({ ...received, rows: null }).toEqual({ ...batch, rows: null })
      expect([...received.rows.diffs]).toEqual(rows.map(() => 1))
    }),
    { numRuns: 100 },
  )
})
