import { expect, test } from 'vitest'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { TEXT } from '../types/sql-type.ts'
import { BlockError, decodeBlock, encodeBlock, seal, unseal } from './block.ts'

const block = encodeBlock({
  slots: Int32Array.of(3, 9),
  batch: batchFromRows([TEXT], [['a'], ['b'.repeat(2_000_000)]]),
  removed: Int32Array.of(5),
})

test('a block is sealed where it lies, any other bytes in a copy; both read back', () => {
  const sealed = seal(block)
  expect(sealed.buffer).toBe(block.buffer)
  const read = decodeBlock(unseal(sealed, () => 'it'))
  expect([[...read.slots], [...read.removed]]).toEqual([[3, 9], [5]])
  expect(rowsOf(read.batch, [TEXT])[1]![0]).toHaveLength(2_000_000)
  const part = block.subarray(4, 40)
  const copy = seal(part)
  expect(copy.buffer).not.toBe(block.buffer)
  expect(unseal(copy, () => 'it')).toEqual(part)
  expect(decodeBlock(unseal(seal(block), () => 'it')).batch.n).toBe(2)
})

test('a damaged block is not read', () => {
  const sealed = seal(block).slice()
  sealed[100]! ^= 1
  expect(() => unseal(sealed, () => 'block 7')).toThrow(BlockError)
})
