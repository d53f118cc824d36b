import { expect, test } from 'vitest'
import { typeByName, typeName } from '../types/pg-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { resolveOperator } from './resolve.ts'

/**
 * What PostgreSQL 15's pg_typeof says of every binary operator over every pair of numeric types: left operands downwards,
 * right ones across, both in this order. `.` is 42883 (no such operator), `?` 42725 (not unique).
 */
const ORDER = 'int2 int4 int8 numeric float4 float8 oid unknown'.split(' ')
const LETTERS: Readonly<Record<string, string>> = {
  '2': 'smallint',
  '4': 'integer',
  '8': 'bigint',
  n: 'numeric',
  f: 'real',
  d: 'double precision',
  b: 'boolean',
  '.': '42883',
  '?': '42725',
}

const TABLES: readonly (readonly [operators: string, results: string])[] = [
  [
    '+ - * /',
    `
    2 4 8 n d d . 2
    4 4 8 n d d . 4
    8 8 8 n d d . 8
    n n n n d d . n
    d d d d f d . f
    d d d d d d . d
    . . . . . . . .
    2 4 8 n f d . ?`,
  ],
  [
    '%',
    `
    2 4 8 n . . . 2
    4 4 8 n . . . 4
    8 8 8 n . . . 8
    n n n n . . . n
    . . . . . . . .
    . . . . . . . .
    . . . . . . . .
    2 4 8 n . . . ?`,
  ],
  [
    '^',
    `
    d d d n d d . d
    d d d n d d . d
    d d d n d d . d
    n n n n d d . n
    d d d d d d . d
    d d d d d d . d
    . . . . . . . .
    d d d n d d . d`,
  ],
  [
    '= <> < <= > >=',
    `
    b b b b b b b b
    b b b b b b b b
    b b b b b b b b
    b b b b b b . b
    b b b b b b . b
    b b b b b b . b
    b b b . . . b b
    b b b b b b b b`,
  ],
  [
    '& | #',
    `
    2 4 8 . . . . 2
    4 4 8 . . . . 4
    8 8 8 . . . . 8
    . . . . . . . .
    . . . . . . . .
    . . . . . . . .
    . . . . . . . .
    2 4 8 . . . . ?`,
  ],
  [
    '<< >>',
    `
    2 2 . . . . . 2
    4 4 . . . . . 4
    8 8 . . . . . 8
    . . . . . . . .
    . . . . . . . .
    . . . . . . . .
    . . . . . . . .
    ? 4 . . . . . ?`,
  ],
]

const typeOf = (name: string): SqlType => typeByName(name) as SqlType

function result(op: string, left: string, right: string): string {
  try {
    return typeName(resolveOperator(op, [typeOf(left), typeOf(right)]).returns)
  } catch (e) {
    return (e as { sqlstate: string }).sqlstate
  }
}

test.each(
  TABLES.flatMap(([operators, results]) => operators.split(' ').map((op) => [op, results.trim().split('\n')] as const)),
)('%s over pairs of numeric types gives the type that PostgreSQL gives', (op, rows) => {
  const expected = rows.flatMap((row, i) =>
    row
      .trim()
      .split(' ')
      .map((letter, j) => `${ORDER[i]} ${op} ${ORDER[j]}: ${LETTERS[letter]}`),
  )
  const found = ORDER.flatMap((left) => ORDER.map((right) => `${left} ${op} ${right}: ${result(op, left, right)}`))
  expect(found).toEqual(expected)
})
