import { readFileSync } from 'node:fs'
import pg from 'pg'
import { LocalEngine } from '../e2e/local-engine.ts'
import { startPostgres } from '../services/postgres.ts'
import { SqlError } from '../../src/base/sql-error.ts'
const here = import.meta.dirname
const service = await startPostgres()
const client = new pg.Client({ connectionString: service.url, types: { getTypeParser: () => (t: string) => t } as never })
await client.connect()
const schema = readFileSync(`${here}/schema.sql`, 'utf8')
await client.query(schema)
const engine = await LocalEngine.open()
const session = engine.session()
await session.query(schema)
let n = 0, same = 0
for (const file of ['syntax', 'names', 'types', 'values', 'changes', 'schema-changes']) {
  for (const line of readFileSync(`${here}/${file}.sql`, 'utf8').split('\n')) {
    if (line.startsWith('--') || line === '') continue
    n++
    let a: any = null
    try { await client.query({ text: line, rowMode: 'array' }) } catch (e: any) { a = [e.code, e.message, e.position ?? '', e.detail ?? '', e.hint ?? ''] }
    let b: any = null
    try { await session.answer(line) } catch (e: any) { if (!(e instanceof SqlError)) b = ['JS', String(e), '', '', '']; else b = [e.sqlstate, e.message, String(e.fields.position ?? ''), e.fields.detail ?? '', e.fields.hint ?? ''] }
    if (a && b && a.slice(0,3).join('|') === b.slice(0,3).join('|')) { same++; if (a.join('|') === b.join('|')) continue; if (a[3]===b[3] && a[4]==='' ) continue; console.log(`~${file}: ${line}\n   P ${a.slice(3).join(' | ')}\n   M ${b.slice(3).join(' | ')}`); continue }
    console.log(`${file}: ${line}\n   P ${a ? a.slice(0,3).join(' | ') : 'ok'}\n   M ${b ? b.slice(0,3).join(' | ') : 'ok'}`)
  }
}
console.log(`${same} of ${n}`)
await client.end(); await engine.close(); service.stop()
