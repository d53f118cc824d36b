import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SqlError } from '../../base/sql-error.ts'
import { REGEX_CASES } from './cases.testkit.ts'
import { LONG_TEXT_UNITS, TABLE_CELLS_MAX } from './errors.ts'
import { Matching } from './matching.ts'
import { compileProgram } from './program.ts'
import { compileRegex } from './regex.ts'

/** All matches, of each its groups or itself; or what is wrong with the pattern. */
function answer(pattern: string, flags: string, text: string): unknown {
  try {
    return [...compileRegex(pattern, flags).all(text)].map((match) =>
      match.groups === 0 ? [match.group(0)] : Array.from({ length: match.groups }, (_, i) => match.group(i + 1)),
    )
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return error.message.replace('invalid regular expression: ', '')
  }
}

describe('a regular expression answers as PostgreSQL does', () => {
  for (const [title, cases] of Object.entries(REGEX_CASES)) {
    test.each(cases)(`${title}: %s %s over %j`, (pattern, flags, text, result) => {
      expect(answer(pattern, flags, text)).toEqual(result)
      if (typeof result !== 'string') expect(compileRegex(pattern, flags).test(text)).toBe(result.length > 0)
    })
  }
})

/** Patterns that JavaScript reads as PostgreSQL does; which alternative is taken does not show in whether and where one begins. */
const { pattern } = fc.letrec<{ pattern: string; branch: string; part: string; atom: string }>((tie) => ({
  pattern: fc.array(tie('branch'), { minLength: 1, maxLength: 2 }).map((branches) => branches.join('|')),
  branch: fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '{2}', '{1,3}', '{0,2}?'))
      .map((p) => p.join('')),
    fc.constantFrom('^', '$'),
    fc.tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), tie('pattern')).map(([look, p]) => `${look}${p})`),
  ),
  atom: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '😀', '[b-d😀]'),
    tie('pattern').map((p) => `(${p})`),
    tie('pattern').map((p) => `(?:${p})`),
  ),
}))
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n', '😀'), maxLength: 10 })

test('where a match begins is where JavaScript finds one', () => {
  fc.assert(
    fc.property(pattern, text, (source, value) => {
      fc.pre(source.split(/\(\?<?[=!]/).length < 20 && source.length < 300)
      const wanted = new RegExp(source, 'su').exec(value)
      // V8 finds empty matches in the middle of a character.
      fc.pre(!/^[\udc00-\udfff]/.test(value.slice(wanted?.index ?? value.length)))
      const regex = compileRegex(source)
      expect(regex.test(value)).toBe(wanted !== null)
      expect(regex.exec(value)?.start).toBe(wanted?.index)
    }),
    { numRuns: 400 },
  )
})

test('a text that is long enough for the tables to begin anew again and again matches as its parts do', () => {
  const source = '[ab]*a[ab]{12}c'
  let bits = 1
  const random = () => ((bits = (Math.imul(bits, 1103515245) + 12345) >>> 0) >>> 16) & 1
  const letters = Array.from({ length: 40_000 }, () => (random() === 0 ? 'a' : 'b')).join('')
  expect(TABLE_CELLS_MAX).toBeLessThan(3 * 40_000 * 13)
  expect(compileRegex(source).exec(`${letters}b`)).toBe(null)
  expect(compileRegex(source).exec(`b${letters}abbbbbbbbbbbbc`)?.start).toBe(0)
})

function stepsOf(source: string, value: string, flags = ''): number {
  const matching = new Matching(compileProgram(source, flags), value)
  matching.next(0, true)
  return matching.steps
}

describe('time is bounded', () => {
  const long = 'a'.repeat(2 * LONG_TEXT_UNITS)

  test.each([
    ['^(a+)+$', ''],
    ['^(a|aa)+$', ''],
    ['(x+x+)+y|^(a*)*$', ''],
    ['^(A+)+$', 'i'],
    ['^(.*a){20}$', ''],
    ['(?=(?:a+)+$)', ''],
    ['(?<!(?:a|aa)*!)b', ''],
    ['^(a*)*(a*)*(a*)*$', ''],
    ['^((a{2}|a{3})*b)*$', ''],
    ['(([a-z])+.)+[A-Z]([a-z])+$', ''],
    ['^(a+?)*(?:!|😀)', ''],
    ['^(a|b)*?(?:!|😀)$', ''],
  ])('%s %s takes steps in proportion to the text', (source, flags) => {
    for (const end of ['!', '😀']) expect(stepsOf(source, long + end, flags)).toBeLessThan(40 * long.length)
  })

  test('back references end with an error when there are too many ways', () => {
    const matching = (source: string, value: string) => new Matching(compileProgram(source, ''), value, 100_000)
    expect(matching('^(a*)(a*)\\1\\2b?$', 'a'.repeat(20)).next(0, true)?.span(1)).toEqual([0, 10])
    expect(() => matching('^(a*)(a*)(a*)(a*)\\1\\2\\3\\4b?$', 'a'.repeat(301)).next(0, true)).toThrow(
      expect.objectContaining({ sqlstate: '54001', message: 'regular expression takes too many steps' }),
    )
  })

  test.each([
    ['repetitions of repetitions', '(a{255}){255}'],
    ['empty ones too', '((((){255}){255}){255}){255}'],
    ['references to references', `(a)${Array.from({ length: 30 }, (_, i) => `(\\${i + 1}\\${i + 1})`).join('')}`],
    ['length', 'a'.repeat(200_000)],
    ['depth', '('.repeat(5_000) + ')'.repeat(5_000)],
    ['groups in a row', '()'.repeat(3_000)],
    ['lookarounds', '(?=a)'.repeat(100)],
    [
      'characters told apart',
      Array.from({ length: 3_000 }, (_, i) => `[^${String.fromCodePoint(0x4e00 + i)}]`).join(''),
    ],
  ])('too complex by %s', (_, source) => {
    expect(() => compileProgram(source, '')).toThrow(
      expect.objectContaining({
        sqlstate: '2201B',
        message: 'invalid regular expression: regular expression is too complex',
      }),
    )
  })

  test('what is deep or wide but fits runs', () => {
    const depth = 450
    const nested = compileRegex(`${'('.repeat(depth)}a${')'.repeat(depth)}`).exec('ba')
    expect([nested?.start, nested?.groups]).toEqual([1, depth])
    expect(compileRegex('(a)?'.repeat(300)).exec('aa')?.group(2)).toBe('a')
    expect(compileRegex('(a{20}){20}').exec('a'.repeat(410))?.span(1)).toEqual([380, 400])
    const words = Array.from({ length: 3_000 }, (_, i) => `word${i}`).join('|')
    expect(compileRegex(`^(${words})$`).exec('word2999')?.group(1)).toBe('word2999')
  })
})

describe('matches one after the other', () => {
  test('see what stands before them', () => {
    const regex = compileRegex('(?<=a)b|^c|\\mb')
    expect([...regex.all('cab', 1)].map((m) => m.start)).toEqual([2])
    expect([...regex.all('cab', 9)]).toEqual([])
  })

  test('of two texts at once stay apart', () => {
    const regex = compileRegex('(.)(?=b)')
    const [one, other] = [regex.all('abcb'), regex.all('xbyb')]
    const seen = [one.next(), other.next(), one.next(), other.next()].map((r) => r.value?.group(1))
    expect(seen).toEqual(['a', 'x', 'c', 'y'])
  })
})
