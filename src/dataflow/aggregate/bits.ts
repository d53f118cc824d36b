import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { normalizeInt } from '../../types/value.ts'
import type { Linear } from './linear.ts'

export type BitOperation = 'bit_and' | 'bit_or' | 'bit_xor'

interface BitCounts {
  n: number
  /** How many rows have each bit, from the lowest on. */
  readonly ones: number[]
}

const WIDTHS: Readonly<Record<string, number>> = { int2: 16, int4: 32, int8: 64 }

/**
 * bit_and, bit_or and bit_xor over integers, by how many rows have each bit. State: a count a bit and group. Cost per
 * changed row: an addition for each bit that is set. Retraction: subtracts.
 */
export function bitsOf(operation: BitOperation, type: SqlType): Linear {
  const width = WIDTHS[type.kind]
  const isSet = (ones: number, n: number): boolean =>
    operation === 'bit_and' ? ones === n : operation === 'bit_or' ? ones > 0 : ones % 2 !== 0
  const linear: Linear<BitCounts> = {
    zero: () => ({ n: 0, ones: new Array<number>(width).fill(0) }),
    add(state, [value], diff) {
      state.n += diff
      const { ones } = state
      let low = typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : (value as number) | 0
      for (let bit = 0; low !== 0 && bit < width; bit++, low >>>= 1) if ((low & 1) === 1) ones[bit] += diff
      if (width <= 32) return
      let high =
        typeof value === 'bigint'
          ? Number(BigInt.asIntN(32, value >> 32n))
          : Math.floor((value as number) / 2 ** 32) | 0
      for (let bit = 32; high !== 0; bit++, high >>>= 1) if ((high & 1) === 1) ones[bit] += diff
    },
    merge: (a, b) => ({ n: a.n + b.n, ones: a.ones.map((count, bit) => count + b.ones[bit]) }),
    isZero: ({ n, ones }) => n === 0 && ones.every((count) => count === 0),
    result({ n, ones }) {
      if (n <= 0) return null
      let bits = 0n
      for (let bit = width - 1; bit >= 0; bit--) bits = (bits << 1n) | (isSet(ones[bit], n) ? 1n : 0n)
      return normalizeInt(BigInt.asIntN(width, bits)) as Datum
    },
  }
  return linear as Linear
}
