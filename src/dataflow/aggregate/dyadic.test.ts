import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dyadic, minus, plus, quotient, times } from './dyadic.ts'

/** Processors round sums, products and quotients of two floats once: so do exact ones that are rounded at the end. */
const float = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: -1e-300, max: 1e-300 }),
  fc.integer(),
)
const divisor = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
/** -0 is 0. */
const plain = (x: number): number => x + 0

describe('exact values of floats', () => {
  it('rounded, give what the processor gives, below the normal floats too', () => {
    fc.assert(
      fc.property(float, float, divisor, (x, y, n) => {
        const same = (exact: number, rounded: number) => expect(plain(exact)).toBe(plain(rounded))
        same(quotient(dyadic(x), 1n), x)
        same(quotient(times(dyadic(x), dyadic(y)), 1n), x * y)
        same(quotient(plus(dyadic(x), dyadic(y)), 1n), x + y)
        same(quotient(minus(dyadic(x), dyadic(y)), 1n), x - y)
        same(quotient(dyadic(x), BigInt(n)), x / n)
      }),
      { numRuns: 300 },
    )
  })
  it('ties go to the even neighbour', () => {
    expect(quotient({ m: 2n ** 53n + 1n, e: 0 }, 1n)).toBe(2 ** 53)
    expect(quotient({ m: 2n ** 53n + 3n, e: 0 }, 1n)).toBe(2 ** 53 + 4)
    expect(quotient({ m: 3n, e: -1075 }, 1n)).toBe(2 * Number.MIN_VALUE)
    expect(quotient({ m: 1n, e: -1075 }, 1n)).toBe(0)
    expect(quotient({ m: 2n ** 54n - 1n, e: 970 }, 1n)).toBe(Infinity)
  })
})
