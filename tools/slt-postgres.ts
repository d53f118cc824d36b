/** `node tools/run.cjs tools/slt-postgres.ts PATH…`: runs .slt files against a throwaway PostgreSQL, one database a file. */
import { PgConnection } from '../src/cli/client/connection.ts'
import { parseTestArguments } from '../src/cli/test/arguments.ts'
import { runAll } from '../src/cli/test/command.ts'
import { renderTotals } from '../src/cli/test/report.ts'
import { remoteTarget } from '../src/cli/test/target.ts'
import { startPostgres } from './services/postgres.ts'

/** PostgreSQL's materialized views show the past until they are refreshed; its plain views are always right. */
const plainViews = (sql: string): string => sql.replace(/\bmaterialized\s+view\b/gi, 'VIEW')

const service = await startPostgres()
try {
  const admin = await PgConnection.connect(service.url)
  let count = 0
  const terminal = { interactive: false, write: (text: string) => process.stdout.write(text) }
  const options = parseTestArguments(['--url', service.url, '--label', 'postgresql', ...process.argv.slice(2)])
  const reports = await runAll(
    options,
    terminal,
    async () => {
      const database = `slt_${++count}`
      await admin.query(`CREATE DATABASE ${database}`)
      const url = service.url.replace(/[^/]*$/, database)
      return remoteTarget(url)
    },
    plainViews,
  )
  process.stdout.write(`${renderTotals(reports)}\n`)
  process.exitCode = reports.some((r) => r.outcome.failures.length > 0) ? 1 : 0
  await admin.close()
} finally {
  service.stop()
}
