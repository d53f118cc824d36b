/** `millrace serve` as a process: its first line, its refusals, its end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { PgConnection } from './client/connection.ts'

const BIN = resolve(import.meta.dirname, '../../bin/millrace.cjs')
const folder = mkdtempSync(join(tmpdir(), 'millrace-serve-'))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Served {
  readonly child: ChildProcess
  readonly url: string
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<[number | null, string | null]>
}

async function serve(...args: string[]): Promise<Served> {
  const all = [BIN, 'serve', '--pg-port', '0', '--http-port', '0', ...args]
  const child = spawn(process.execPath, all, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const ended = new Promise<[number | null, string | null]>((done) => child.once('exit', (...how) => done(how)))
  await new Promise<void>((done, fail) => {
    child.stdout.on('data', (data) => {
      stdout += data
      if (stdout.includes('\n')) done()
    })
    void ended.then(([code]) => fail(new Error(`ended with ${code}: ${stderr}`)))
  })
  const url = /^ready: (postgresql:\/\/millrace@127\.0\.0\.1:\d+\/millrace)\n/.exec(stdout)?.[1]
  if (url === undefined) throw new Error(`unexpected first line: ${stdout}`)
  return { child, url, stdout: () => stdout, stderr: () => stderr, ended }
}

/** Runs to its end, which a refused start reaches by itself. */
function refused(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const done = spawnSync(process.execPath, [BIN, 'serve', ...args], { cwd: folder, encoding: 'utf8', timeout: 20_000 })
  return { code: done.status, stdout: done.stdout, stderr: done.stderr }
}

describe('a server in memory', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('says it is ready, answers, and ends with 0 on %s', async (signal) => {
    const { child, url, ended, stdout } = await serve('--memory')
    const connection = await PgConnection.connect(url)
    expect(await connection.rows('SELECT 1 + 1')).toEqual([['2']])
    child.kill(signal)
    expect(await ended).toEqual([0, null])
    expect(stdout().split('\n')).toHaveLength(2)
    expect(connection.lost).toBe(true)
  })

  test('tells the ports that it chose, and where each setting came from', async () => {
    const { url, stderr } = await serve('--memory')
    const connection = await PgConnection.connect(url)
    const port = new URL(url).port
    expect(await connection.rows('SHOW pg_port')).toEqual([[port]])
    const [[http]] = await connection.rows('SHOW http_port')
    expect(Number(http)).toBeGreaterThan(0)
    expect(
      JSON.parse(
        stderr()
          .split('\n')
          .find((line) => line.includes('listening'))!,
      ),
    ).toMatchObject({
      http: `http://127.0.0.1:${http}`,
    })
    const asked = `SELECT name, setting, source FROM pg_settings WHERE name IN ('pg_port', 'host') ORDER BY name`
    expect(await connection.rows(asked)).toEqual([
      ['host', '127.0.0.1', 'default'],
      ['pg_port', port, 'command line'],
    ])
    connection.destroy()
  })

  test('off a terminal every line of the log is JSON', async () => {
    const { child, ended, stderr } = await serve('--memory')
    child.kill('SIGTERM')
    await ended
    const lines = stderr().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).message)).toContain('stopped')
  })
})

describe('a server with a data directory', () => {
  const dir = join(folder, 'data')

  test('keeps what was acknowledged across kill -9', async () => {
    const first = await serve('--data-dir', dir)
    const connection = await PgConnection.connect(first.url)
    await connection.query('CREATE TABLE t (a int PRIMARY KEY)')
    await connection.query('CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n, sum(a) AS s FROM t')
    await connection.query('INSERT INTO t VALUES (1), (2), (3)')
    first.child.kill('SIGKILL')
    await first.ended
    const second = await serve('--data-dir', dir)
    const again = await PgConnection.connect(second.url)
    expect(await again.rows('SELECT n, s FROM v')).toEqual([['3', '6']])
    again.destroy()
  })

  test('is refused a second server, in one clear line', async () => {
    await serve('--data-dir', dir)
    const second = refused('--pg-port', '0', '--http-port', '0', '--data-dir', dir)
    expect(second.code).not.toBe(0)
    expect(second.stdout).toBe('')
    expect(second.stderr).toContain(dir)
    expect(second.stderr).not.toMatch(/\n\s+at /)
  })

  test('proposes of the demo what is there', async () => {
    const demo = ['--demo', '--data-dir', join(folder, 'demo')]
    const first = await serve(...demo)
    const connection = await PgConnection.connect(first.url)
    await connection.query('DROP SCHEMA demo CASCADE')
    connection.destroy()
    first.child.kill('SIGTERM')
    await first.ended
    expect(first.stdout()).toContain('SELECT * FROM demo.totals')
    const second = await serve(...demo)
    second.child.kill('SIGTERM')
    await second.ended
    expect(second.stdout()).toContain('does not hold the demo')
    expect(second.stdout()).not.toContain('demo.totals')
  })

  test('has its settings in pg_settings', async () => {
    const { url } = await serve('--data-dir', join(folder, 'other'), '--log-level', 'warn')
    const connection = await PgConnection.connect(url)
    expect(await connection.rows("SELECT setting FROM pg_settings WHERE name = 'log_level'")).toEqual([['warn']])
    connection.destroy()
  })
})

describe('what is refused', () => {
  test('an address that others can reach', () => {
    const { code, stderr } = refused('--host', '0.0.0.0')
    expect(code).toBe(2)
    expect(stderr).toContain('refusing to listen on 0.0.0.0')
  })

  test('an unknown option', () => {
    expect(refused('--colour')).toMatchObject({ code: 2, stderr: 'millrace: unknown option --colour\n' })
  })

  test('a port that is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as { port: number }
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((done) => {
      const child = spawn(process.execPath, [BIN, 'serve', '--memory', '--http-port', '0', '--pg-port', String(port)])
      let text = ''
      child.stderr.on('data', (data) => {
        text += data
      })
      child.once('exit', (status) => done({ code: status, stderr: text }))
    })
    other.close()
    expect(code).toBe(2)
    expect(stderr).toContain(`port ${port} is taken`)
  })
})
