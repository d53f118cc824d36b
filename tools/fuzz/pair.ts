import pg from 'pg'
import { SqlError } from '../../src/base/sql-error.ts'
import { type Answer, LocalEngine, type LocalSession } from '../e2e/local-engine.ts'

/** PostgreSQL and Millrace side by side, with the same tables. */
export interface Pair {
  /** On both, from nothing. */
  begin(): Promise<void>
  postgres(sql: string): Promise<Outcome>
  millrace(sql: string): Promise<Outcome>
  close(): Promise<void>
}

export type Outcome = Answer | Failed

export interface Failed {
  readonly sqlstate: string
  readonly message: string
  readonly detail?: string | undefined
}

export const failed = (outcome: Outcome): outcome is Failed => 'sqlstate' in outcome

/** Of a query on either side, ms: joins of joins without a condition are cut short. */
const STATEMENT_TIMEOUT_MS = 5_000

export async function openPair(url: string): Promise<Pair> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: () => (text: string) => text } as never,
  })
  await client.connect()
  let engine = await LocalEngine.open()
  let session: LocalSession = engine.session()
  return {
    async begin() {
      await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
      await client.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}; SET jit = off`)
      await engine.close()
      engine = await LocalEngine.open()
      session = engine.session()
      await session.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`)
    },
    async postgres(sql) {
      try {
        const { fields, rows } = await client.query({ text: sql, rowMode: 'array' })
        return { oids: (fields ?? []).map(({ dataTypeID }) => dataTypeID), rows: rows ?? [] }
      } catch (error) {
        const { code, message, detail } = error as { code?: string; message: string; detail?: string }
        if (code === undefined) throw error
        return { sqlstate: code, message, detail }
      }
    },
    async millrace(sql) {
      try {
        return await session.answer(sql)
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        return { sqlstate: error.sqlstate, message: error.message, detail: error.fields.detail }
      }
    },
    async close() {
      await client.end()
      await engine.close()
    },
  }
}
