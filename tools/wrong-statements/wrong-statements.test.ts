/**
 * Wrong statements on PostgreSQL and here: the same SQLSTATE and message, and the same position wherever PostgreSQL gives
 * one; where it gives none, ours may point at the expression that failed. `-- differs: reason` above a statement
 * excuses it. MILLRACE_WRONG_STATEMENTS=show prints both sides of all that differ, the excused ones too.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SqlError } from '../../src/base/sql-error.ts'
import { LocalEngine, type LocalSession } from '../e2e/local-engine.ts'
import { type PostgresService, postgresMissing, startPostgres } from '../services/postgres.ts'

const FILES = ['syntax', 'names', 'types', 'values', 'changes', 'schema-changes'] as const
const SHOW = process.env['MILLRACE_WRONG_STATEMENTS'] === 'show'

interface Told {
  readonly sqlstate: string
  readonly message: string
  /** Of characters, from 1; undefined where there is none. */
  readonly position: number | undefined
}

const missing = postgresMissing()
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

let service: PostgresService
let client: pg.Client
let engine: LocalEngine
let session: LocalSession
beforeAll(async () => {
  if (missing !== null) return
  service = await startPostgres()
  client = new pg.Client({ connectionString: service.url })
  await client.connect()
  engine = await LocalEngine.open()
  session = engine.session()
  const schema = read('schema')
  await client.query(schema)
  await session.query(schema)
})
afterAll(async () => {
  await client?.end()
  await engine?.close()
  service?.stop()
})

const read = (file: string) => readFileSync(join(import.meta.dirname, `${file}.sql`), 'utf8')

async function postgres(sql: string): Promise<Told | null> {
  try {
    await client.query(sql)
    return null
  } catch (error) {
    const { code, message, position } = error as { code: string; message: string; position?: string }
    return { sqlstate: code, message, position: position === undefined ? undefined : Number(position) }
  }
}

async function millrace(sql: string): Promise<Told | null> {
  try {
    await session.answer(sql)
    return null
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return { sqlstate: error.sqlstate, message: error.message, position: error.fields.position }
  }
}

const line = (told: Told | null) => (told ? `${told.sqlstate} ${told.message} (${told.position ?? '-'})` : 'no error')

const equal = (theirs: Told, ours: Told | null) =>
  ours !== null &&
  ours.sqlstate === theirs.sqlstate &&
  ours.message === theirs.message &&
  (theirs.position === undefined || ours.position === theirs.position)

let checked = 0
test.skipIf(missing !== null).each(FILES)(
  '%s',
  async (file) => {
    const different: string[] = []
    let excused = false
    for (const sql of read(file).split('\n')) {
      if (sql === '' || sql.startsWith('--')) {
        excused = sql.startsWith('-- differs: ')
        continue
      }
      const theirs = await postgres(sql)
      const ours = excused && !SHOW ? null : await millrace(sql)
      const differs = theirs === null || !equal(theirs, ours)
      if (!excused) checked++
      if (differs && (!excused || SHOW))
        different.push(`${sql}\n  PostgreSQL: ${line(theirs)}\n  Millrace:   ${line(ours)}`)
      excused = false
    }
    if (SHOW) process.stdout.write(`${different.join('\n')}\n`)
    else expect(different.join('\n')).toBe('')
  },
  120_000,
)

test.skipIf(missing !== null || SHOW)('hundreds of statements are compared', () => {
  expect(checked).toBeGreaterThan(800)
})
