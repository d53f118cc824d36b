import { SqlError } from '../base/sql-error.ts'

/** PostgreSQL's binary form of bit strings: their length, then their bits from the highest of each byte on. */
export function writeBits(bits: string): Uint8Array {
  const out = Buffer.alloc(4 + Math.ceil(bits.length / 8))
  out.writeInt32BE(bits.length)
  for (let i = 0; i < bits.length; i++) if (bits[i] === '1') out[4 + (i >> 3)] |= 0x80 >> (i & 7)
  return out
}

export function readBits(bytes: Buffer): string {
  if (bytes.length < 4) throw new SqlError('08P01', 'insufficient data left in message')
  const length = bytes.readInt32BE()
  if (length < 0) throw new SqlError('22P03', 'invalid length in external bit string')
  const count = Math.ceil(length / 8)
  if (bytes.length < 4 + count) throw new SqlError('08P01', 'insufficient data left in message')
  if (bytes.length > 4 + count) throw new SqlError('22P03', 'incorrect binary data format')
  return Array.from(bytes.subarray(4), (byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, length)
}
