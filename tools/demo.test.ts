import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './processes.ts'
import { serviceMissing } from './services/missing.ts'

/** What `npm start` prints is true: each command of its banner runs, as it stands there, on a server that has just started. */
const BIN = join(root, 'bin/millrace.cjs')
const missing = serviceMissing('psql')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const folder = mkdtempSync(join(tmpdir(), 'millrace-demo-'))
let server: ChildProcess
let banner = ''
let commands: readonly string[] = []

beforeAll(async () => {
  const args = ['serve', '--demo', '--pg-port', '0', '--http-port', '0']
  server = spawn(process.execPath, [BIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise<void>((done, fail) => {
    server.once('exit', () => fail(new Error(`the server ended: ${banner}`)))
    server.stdout!.on('data', (data) => {
      banner += data
      if (banner.endsWith('\n\n')) done()
    })
  })
  commands = banner.split('\n').flatMap((line) => (/^ +psql /.test(line) ? [line.trim()] : []))
})
afterAll(() => {
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const sqlOf = (command: string): string => /-c '(.*)'$/.exec(command)![1]!

/** The first lines that a command prints; one that goes on for ever is ended then. */
function firstLines(program: string, args: readonly string[], count: number): Promise<string[]> {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  return new Promise((done) => {
    const enough = (): void => {
      if (text.split('\n').length > count) child.kill('SIGINT')
    }
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        text += data
        enough()
      })
    child.once('close', () => done(text.split('\n').slice(0, count)))
  })
}

test('the banner names the data directory and where to connect', () => {
  expect(banner).toContain(join(folder, 'millrace-data'))
  expect(banner).toMatch(/^ready: postgresql:\/\/millrace@127\.0\.0\.1:\d+\/millrace\n/)
  expect(commands).toHaveLength(4)
  for (const command of commands) expect(command).toContain(`-p ${new URL(banner.slice(7).split('\n')[0]!).port} `)
})

test.skipIf(missing !== null)('psql runs each command of the banner', async () => {
  const answers = []
  for (const command of commands) answers.push(await firstLines('sh', ['-c', `exec ${command}`], 2))
  expect(answers[0]![0]).toMatch(/bids +\| +total +\| +average/)
  expect(answers[1]![0]).toMatch(/buyer +\| +bids +\| +total +\| +highest/)
  // Snapshot and progress, as COPY writes them.
  expect(answers[2]![0]).toMatch(/^\d+\t[tf]\t/)
  expect(answers[3]![0]).toContain('QUERY PLAN')
})

test('the shell that comes along runs them too', async () => {
  for (const command of commands) {
    const sql = sqlOf(command)
    const url = banner.slice(7).split('\n')[0]!
    const lines = await firstLines(process.execPath, [BIN, 'sql', '--url', url, '-c', sql], 2)
    expect(lines.join('\n'), sql).not.toMatch(/error/i)
    expect(lines[0], sql).not.toBe('')
  }
})

test('the command that README shows to those without psql is one of them', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const shown = /node bin\/millrace\.cjs sql -c '([^']*)'/.exec(readme)?.[1]
  expect(commands.map(sqlOf)).toContain(shown)
})
