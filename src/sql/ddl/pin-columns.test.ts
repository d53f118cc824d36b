import { expect, test } from 'vitest'
import { pinColumns } from './pin-columns.ts'

const pinned = (sql: string) => pinColumns(sql, 's', 't', ['a', 'B c'])

test('a relation is read under the names that its reader knows', () => {
  expect(pinned('CREATE VIEW v AS SELECT a FROM "s"."t" AS "x" WHERE x.a > 1')).toBe(
    'CREATE VIEW v AS SELECT a FROM "s"."t" AS "x" ("a", "B c") WHERE x.a > 1',
  )
  expect(pinned('CREATE VIEW v AS SELECT 1 FROM "s"."t" q, (SELECT 2 FROM "s"."t" AS "t") AS z')).toBe(
    'CREATE VIEW v AS SELECT 1 FROM "s"."t" AS "q" ("a", "B c"), (SELECT 2 FROM "s"."t" AS "t" ("a", "B c")) AS z',
  )
})

test('so is the data of a window', () => {
  expect(
    pinned(`CREATE VIEW v AS SELECT a FROM HOP(TABLE "s"."t" AS "t", a, INTERVAL '1 day', INTERVAL '2 days')`),
  ).toBe(
    `CREATE VIEW v AS SELECT a FROM HOP(TABLE "s"."t" AS "t" ("a", "B c"), a, INTERVAL '1 day', INTERVAL '2 days')`,
  )
})

test('names that the reader gave stay', () => {
  expect(pinned('CREATE VIEW v AS SELECT p FROM "s"."t" AS "x" (p)')).toBe(
    'CREATE VIEW v AS SELECT p FROM "s"."t" AS "x" ("p", "B c")',
  )
  const all = 'CREATE VIEW v AS SELECT p FROM "s"."t" AS "x" (p, q)'
  expect(pinned(all)).toBe(all)
})

test('others are left alone', () => {
  const sql = 'CREATE VIEW v AS SELECT 1 FROM "s"."u" AS "t", "r"."t" AS "t2", t'
  expect(pinned(sql)).toBe(sql)
})
