import { expect, test } from 'vitest'
import { isAbsentFunction } from './absent-names.ts'
import { procs } from './lookup.ts'
import { resolveFunction } from './resolve.ts'

test('no function that is here is called absent', () => {
  expect(
    procs()
      .map((p) => p.name)
      .filter(isAbsentFunction),
  ).toEqual([])
})

test('what PostgreSQL has and this does not is a missing feature, other names are unknown', () => {
  const failure = (name: string) => {
    try {
      resolveFunction(name, [])
    } catch (e) {
      return e
    }
    return undefined
  }
  expect(failure('pg_sleep')).toMatchObject({ sqlstate: '0A000', message: 'function pg_sleep is not supported' })
  expect(failure('nosuch')).toMatchObject({ sqlstate: '42883', message: 'function nosuch() does not exist' })
})
