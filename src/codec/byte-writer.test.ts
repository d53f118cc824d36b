import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, ByteWriter } from './byte-writer.ts'

test('bytes of any size read back, and what was handed over stays as it was while the writer goes on', () => {
  const size = fc.constantFrom(0, 1, 7, 1000, 1 << 19, (1 << 20) + 3, 3_000_000)
  fc.assert(
    fc.property(fc.array(fc.array(size, { maxLength: 4 }), { minLength: 1, maxLength: 3 }), (rounds) => {
      const writer = new ByteWriter(16)
      const written = rounds.map((sizes, round) => {
        for (const [i, length] of sizes.entries()) {
          writer.varint(length)
          writer.raw(new Uint8Array(length).fill(round * 16 + i + 1))
        }
        return writer.finish()
      })
      for (const [round, sizes] of rounds.entries()) {
        const reader = new ByteReader(written[round]!)
        for (const [i, length] of sizes.entries()) {
          const bytes = reader.raw(reader.varint())
          expect(Buffer.alloc(length, round * 16 + i + 1).equals(bytes)).toBe(true)
        }
        expect(reader.at).toBe(written[round]!.length)
      }
    }),
    { numRuns: 20 },
  )
})
