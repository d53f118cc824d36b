import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memberFinder } from './json-members.ts'

const NAMES = ['a', 'b', 'ä']
const find = memberFinder(NAMES)

/** The texts of the members found, or false. */
function found(text: string): (string | undefined)[] | false {
  const bytes = Buffer.concat([Buffer.from('{{'), Buffer.from(text), Buffer.from('}}')])
  const places = new Int32Array(2 * NAMES.length)
  if (!find(bytes, 2, bytes.length - 2, places)) return false
  return NAMES.map((_, i) => (places[2 * i] < 0 ? undefined : bytes.toString('utf8', places[2 * i], places[2 * i + 1])))
}

describe('members of an object, found by name', () => {
  test.each([
    ['{}', [undefined, undefined, undefined]],
    [' { "a" : 1 , "x":[{"b":2}] } ', ['1', undefined, undefined]],
    ['{"b":{"a":"}"},"ä":"\\"","a":null}', ['null', '{"a":"}"}', '"\\""']],
    ['{"a":1,"a":2}', ['2', undefined, undefined]],
  ])('%s', (text, wanted) => {
    expect(found(text)).toEqual(wanted)
  })

  test.each(['', '[]', '1', '{', '{"a"}', '{"a":}', '{"a":1,}', '{"a":1', '{"a":1}x', '{"a":01}', '{"\\u0061":1}'])(
    '%j is none, or not plain enough',
    (text) => {
      expect(found(text)).toBe(false)
    },
  )

  test('are those that JSON.parse has', () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'ä', 'c', 'aa'), value)
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (given, indent) => {
        const texts = found(JSON.stringify(given, null, indent))
        expect(texts).not.toBe(false)
        for (const [i, name] of NAMES.entries()) {
          const text = (texts as (string | undefined)[])[i]
          expect(text === undefined ? undefined : JSON.parse(text)).toEqual(
            JSON.parse(JSON.stringify({ v: given[name] })).v,
          )
        }
      }),
    )
  })
})
