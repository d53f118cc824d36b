import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { likeMatcher } from './like.ts'

describe('LIKE', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '%', '_', '\n', 'é', '😀'), maxLength: 12 })

  test('is the regular expression that says the same', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (value, pattern, ignoreCase) => {
        const source = [...pattern].map((c) => (c === '%' ? '[^]*' : c === '_' ? '[^]' : c)).join('')
        const wanted = new RegExp(`^${source}$`, ignoreCase ? 'iu' : 'u').test(value)
        expect(likeMatcher(pattern, '\\', ignoreCase)(value)).toBe(wanted)
      }),
      { numRuns: 2_000 },
    )
  })

  test('takes no power of its wildcards', () => {
    const pattern = `${'%a'.repeat(30)}%b`
    expect(likeMatcher(pattern, '\\', false)('a'.repeat(20_000))).toBe(false)
  })

  test('the escape character makes wildcards literal', () => {
    expect(likeMatcher('1#%#_%', '#', false)('1%_x')).toBe(true)
    expect(likeMatcher('1#%', '#', false)('12')).toBe(false)
    expect(likeMatcher('a#', '#', true)('b')).toBe(false)
    expect(() => likeMatcher('a#', '#', true)('ab')).toThrow('LIKE pattern must not end with escape character')
  })
})
