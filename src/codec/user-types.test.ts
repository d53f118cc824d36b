import { describe, expect, test } from 'vitest'
import { canonicalJson, parseCanonicalJson } from '../base/canonical-json.ts'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'
import { formatText, parseText } from '../types/text.ts'
import { UserTypes } from '../types/user-types.ts'
import { decodeBinary, encodeBinary } from './pg-binary.ts'

const labels = ['sad', 'ok', 'happy'].map((label, i) => ({ oid: 100 + i, order: i + 1, label }))
const moods = (): { types: UserTypes; mood: SqlType } => {
  const types = new UserTypes()
  return { types, mood: { kind: 'enum', user: types.learn(20, { name: 'mood', schema: 'public', labels }) } }
}

describe('types of the user', () => {
  test('are stored as their oid, and found again', () => {
    const { types, mood } = moods()
    const stored = canonicalJson({ columns: [{ type: { kind: 'array', element: mood } }] })
    expect(stored).not.toContain('happy')
    const read = types.link(parseCanonicalJson(stored)) as { columns: { type: SqlType }[] }
    expect(formatText([3, null], read.columns[0]!.type)).toBe('{happy,NULL}')
  })

  test('are known in another thread by what is told of them', () => {
    const { mood } = moods()
    const there = new UserTypes()
    there.learn(20, structuredClone(mood.user!.facts))
    const type = there.link(structuredClone(mood))
    expect(parseText('ok', type)).toBe(2)
  })

  test('tell new labels to all that hold them', () => {
    const { types, mood } = moods()
    types.learn(20, { name: 'mood', schema: 'public', labels: [...labels, { oid: 9, order: 1.5, label: 'so so' }] })
    expect(parseText('so so', mood)).toBe(1.5)
    expect(() => parseText('glad', mood)).toThrow('invalid input value for enum mood: "glad"')
  })

  test('composite values go through their binary form', () => {
    const { mood } = moods()
    const fields = [INT4, TEXT, mood].map((type, i) => ({ name: `f${i}`, type, nullable: true }))
    const type: SqlType = { kind: 'record', fields }
    for (const value of [
      [1, 'a', 3],
      [null, '', null],
    ])
      expect(decodeBinary(encodeBinary(value, type), type)).toEqual(value)
    expect(() => decodeBinary(encodeBinary(['x'], { kind: 'record' }), type)).toThrow(
      'wrong number of columns: 1, expected 3',
    )
  })
})
