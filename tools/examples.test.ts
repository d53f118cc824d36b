import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PgConnection } from '../src/cli/client/connection.ts'
import { parseTestArguments } from '../src/cli/test/arguments.ts'
import { runAll } from '../src/cli/test/command.ts'
import { localTarget } from '../src/cli/test/local-target.ts'
import { parseSlt } from '../src/cli/test/parse.ts'
import { serviceMissing } from './services/missing.ts'

/** Each folder of examples/ runs as its README says: the pipeline as it stands, fed by its test. */

const examples = resolve(import.meta.dirname, '../examples')
const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
const read = (...path: string[]) => readFileSync(join(examples, ...path), 'utf8')

describe('examples', () => {
  test.each(folders)('%s', async (folder) => {
    const options = parseTestArguments(['--stub-sources', join(examples, folder)])
    const open = (_: string, durable: boolean) => localTarget(durable, true)
    const reports = await runAll(options, { interactive: false, write() {} }, open)
    expect(reports.flatMap(({ outcome }) => outcome.failures)).toEqual([])
    expect(reports[0]!.outcome.passed).toBeGreaterThan(3)
  })

  test('each is in the list, and says what it is', () => {
    const list = read('README.md')
    expect(folders.filter((folder) => !list.includes(`[\`${folder}/\`](${folder}/)`))).toEqual([])
    expect(folders.filter((folder) => !read(folder, 'README.md').startsWith('# '))).toEqual([])
  })
})

const missing = serviceMissing('psql')
test.skipIf(missing !== null)(
  'one text: over a topic, as a view, and over a file by COPY, with identical rows',
  async () => {
    const target = await localTarget(false, true)
    const connection = await PgConnection.connect(target.url)
    try {
      await connection.query(read('one-text', 'pipeline.sql'))
      const report = read('one-text', 'report.sql')
      const [, ...rows] = read('one-text', 'visits.csv').trim().split('\n')
      const lines = rows
        .map((row) => row.split(','))
        .map(([page, ms, ts]) => JSON.stringify({ page, ms: Number(ms), ts }))
      for (const record of parseSlt(`feed stream.visits\n${lines.join('\n')}`, 'feed')) {
        if (record.kind === 'feed') expect(await target.stubs!.run(record)).toBeNull()
      }
      const copy = "\\copy batch.visits FROM 'visits.csv' CSV HEADER"
      const psql = spawn('psql', ['-X', target.url, '-c', copy], { cwd: join(examples, 'one-text'), stdio: 'ignore' })
      expect(await once(psql, 'exit')).toEqual([0, null])
      const sorted = async (sql: string) => (await connection.rows(sql)).map((row) => row.join('|')).sort()
      await connection.query('SET search_path = stream')
      await connection.query(`CREATE MATERIALIZED VIEW stream.report AS ${report}`)
      const push = await sorted('SELECT * FROM stream.report')
      expect(push).toHaveLength(3)
      expect(await sorted(report)).toEqual(push)
      await connection.query('SET search_path = batch')
      expect(await sorted(report)).toEqual(push)
    } finally {
      await connection.close()
      await target.close()
    }
  },
)
