import { expect, test } from 'vitest'
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts'

test('the order of keys does not matter and undefined fields vanish', () => {
  expect(canonicalJson({ b: 1, a: undefined, c: [2] })).toBe(canonicalJson({ c: [2], b: 1 }))
})

test('what JSON lacks comes back as it was', () => {
  const value = { big: 2n ** 70n, nan: NaN, inf: -Infinity, zero: -0, bytes: new Uint8Array([1, 255]), nothing: null }
  expect(parseCanonicalJson(canonicalJson(value))).toEqual(value)
})

test('a number and the bigint of the same value have different texts', () => {
  expect(canonicalJson(1)).not.toBe(canonicalJson(1n))
})
