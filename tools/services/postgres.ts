/** A throwaway PostgreSQL 15 on loopback: the reference for results. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'

export interface PostgresService {
  /** postgresql://postgres@127.0.0.1:port/postgres */
  readonly url: string
  readonly port: number
  readonly dir: string
  stop(): void
}

export interface PostgresOptions {
  readonly port?: number
  /** Asked for by scram-sha-256; without one everybody is trusted. */
  readonly password?: string
}

const VERSIONS_ROOT = '/usr/lib/postgresql'

/** Folder of initdb and pg_ctl of the newest version from 15 on, or null. */
function binaries(): string | null {
  if (!existsSync(VERSIONS_ROOT)) return null
  const versions = readdirSync(VERSIONS_ROOT)
    .map(Number)
    .filter((v) => v >= 15)
    .sort((a, b) => a - b)
  const found = versions.map((v) => `${VERSIONS_ROOT}/${v}/bin`).filter((dir) => existsSync(`${dir}/pg_ctl`))
  return found[0] ?? null
}

export function postgresMissing(): string | null {
  return binaries() === null
    ? `PostgreSQL 15 is not installed (${VERSIONS_ROOT}/15; Debian: apt install postgresql-15)`
    : null
}

/** PostgreSQL refuses to run as root: there its own user runs it. */
const asRoot = process.getuid?.() === 0

function run(command: string, args: readonly string[]): void {
  const [program, all] = asRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args]
  // Its stdio must not stay open in the server that pg_ctl leaves running.
  const done = spawnSync(program, all, { stdio: 'ignore', cwd: '/', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  if (done.status !== 0) throw new Error(`${command} failed (${done.status ?? done.error?.message})`)
}

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresService> {
  const bin = binaries()
  if (bin === null) throw new Error(postgresMissing() ?? '')
  const dir = mkdtempSync(join(tmpdir(), 'millrace-postgres-'))
  const data = join(dir, 'data')
  const log = join(dir, 'log')
  const port = options.port ?? (await freePort())
  if (asRoot) {
    chmodSync(dir, 0o755)
    const owned = spawnSync('chown', ['postgres', dir])
    if (owned.status !== 0) throw new Error('there is no user "postgres" to run PostgreSQL as')
  }
  const passwordFile = join(dir, 'password')
  if (options.password !== undefined) writeFileSync(passwordFile, options.password, { mode: 0o644 })
  const auth = options.password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  run(`${bin}/initdb`, ['-D', data, '-U', 'postgres', ...auth, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'])
  const settings = `-p ${port} -h 127.0.0.1 -c unix_socket_directories='' -c fsync=off -c wal_level=logical -c timezone=UTC`
  try {
    run(`${bin}/pg_ctl`, ['-D', data, '-l', log, '-w', '-o', settings, 'start'])
  } catch (error) {
    const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
    throw new Error(`${(error as Error).message}\n${text.slice(-2000)}`)
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    port,
    dir,
    stop() {
      run(`${bin}/pg_ctl`, ['-D', data, '-m', 'immediate', '-w', 'stop'])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
