import { expect, test } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { parseSql } from './plan-statement.ts'

/** Where the error points is marked by ¶. */
const UNREAD: readonly (readonly [sql: string, feature: string])[] = [
  ['¶CREATE TRIGGER t AFTER INSERT ON x FOR EACH ROW EXECUTE FUNCTION f()', 'CREATE TRIGGER'],
  ['SELECT 1; ¶create or replace  RULE r AS ON INSERT TO t DO INSTEAD NOTHING', 'CREATE RULE'],
  ['/* a */ ¶CREATE CONSTRAINT TRIGGER t AFTER INSERT ON x', 'CREATE TRIGGER'],
  ["¶PREPARE TRANSACTION 'x'", 'PREPARE TRANSACTION'],
  ["¶COMMIT PREPARED 'x'", 'COMMIT PREPARED'],
  ['¶COPY BINARY t FROM STDIN', 'COPY BINARY'],
  ['¶CREATE TEXT SEARCH CONFIGURATION c (COPY = english)', 'CREATE TEXT SEARCH CONFIGURATION'],
  ['¶ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x', 'ALTER DEFAULT PRIVILEGES'],
  ['¶DROP OWNED BY u', 'DROP OWNED'],
  ['SELECT a ¶INTO x FROM t', 'SELECT … INTO'],
  ['ALTER TABLE t ¶ENABLE ROW LEVEL SECURITY', 'ALTER TABLE … ENABLE'],
  ['SELECT ¶xmlelement(NAME foo)', 'XMLELEMENT'],
  ['MERGE LATE INTO v FROM "s$late" ¶AS l WHERE l.a = 1', 'an alias in MERGE LATE'],
  ['MERGE LATE INTO v FROM "s$late" ¶l WHERE l.a = 1', 'an alias in MERGE LATE'],
  ['MERGE LATE INTO v FROM "s$late" WHERE a = 1 ¶LIMIT 5', 'LIMIT in MERGE LATE'],
  ['MERGE LATE INTO v FROM ¶(SELECT * FROM "s$late") l', 'a subquery in MERGE LATE'],
]

function failure(sql: string): SqlError {
  try {
    parseSql(sql)
  } catch (e) {
    if (e instanceof SqlError) return e
  }
  throw new Error(`read: ${sql}`)
}

test.each(UNREAD)('a missing feature, no syntax error: %s', (marked, feature) => {
  const error = failure(marked.replace('¶', ''))
  expect([error.sqlstate, error.message]).toEqual(['0A000', `${feature} is not supported`])
  expect(error.fields.position).toBe(marked.indexOf('¶') + 1)
})

test.each([
  'SELECT 1 FROM',
  'CREATE TABLE t (',
  'ALTER TABLE t nothing',
  "SELECT 'INTO' x y z",
  'CREATE TRIGER t',
  'MERGE LATE INTO',
  'MERGE LATE INTO v FROM "s$late" WHERE',
])('a syntax error stays one: %s', (sql) => expect(failure(sql).sqlstate).toBe('42601'))
