import { expect, test } from 'vitest'
import { decodeImage } from './image.ts'

const image = (formatVersion: number, kind: string) =>
  Buffer.from(JSON.stringify({ formatVersion, entries: [{ columns: [{ type: { kind, length: 3 } }] }] }))

test('a data directory of an earlier format is read where it holds nothing that was kept otherwise', () => {
  expect(decodeImage(image(2, 'bpchar')).formatVersion).toBe(2)
  expect(decodeImage(image(1, 'varchar')).entries).toHaveLength(1)
  expect(() => decodeImage(image(1, 'bpchar'))).toThrow('format version 1')
  expect(() => decodeImage(image(3, 'int4'))).toThrow('format version 3')
})
