/** Integers as numbers while those are exact, as big integers beyond. */
export function addExact(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return canonical(BigInt(a) + BigInt(b))
}

export function timesExact(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    // 0 · -1 is -0.
    if (Number.isSafeInteger(product)) return product + 0
  }
  return canonical(BigInt(a) * BigInt(b))
}

function canonical(exact: bigint): number | bigint {
  const small = Number(exact)
  return Number.isSafeInteger(small) ? small : exact
}
