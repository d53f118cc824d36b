/** The package as users get it: packed, installed into an empty folder, run from there. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, rewriteWorkerUrls } from './build.ts'
import { root } from './processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-pack-'))

/** A user's shell: nothing of the npm or the vitest that runs this; certificates that the registry needs stay. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_(?!EXTRA_CA_CERTS)|VITEST|MILLRACE_)/i.test(name)),
)

function run(command: string, args: readonly string[], cwd: string): string {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', env })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${done.stdout}\n${done.stderr}`)
  return done.stdout
}

/** The first line that the server prints. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = ''
    child.stdout?.on('data', (data: Buffer) => {
      text += data
      if (text.includes('\n')) done(text.slice(0, text.indexOf('\n')))
    })
    child.once('exit', (code) => fail(new Error(`ended with ${code} before it was ready`)))
  })
}

describe('npm pack', () => {
  beforeAll(() => {
    expect(build()).toBe(true)
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], root)
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    writeFileSync(join(folder, 'package.json'), '{"name":"user","private":true}')
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], folder)
  }, 600_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('holds the built JavaScript and no sources', () => {
    const installed = join(folder, 'node_modules/millrace')
    expect(readdirSync(installed).sort()).toEqual(expect.arrayContaining(['bin', 'dist', 'package.json']))
    expect(readdirSync(installed)).not.toContain('src')
  })

  test('runs as npx millrace', () => {
    expect(run('npx', ['--no-install', 'millrace', '--version'], folder)).toMatch(/^millrace \d+\.\d+\.\d+\n$/)
  })

  test('runs when it is installed globally, from any folder', async () => {
    const prefix = join(folder, 'global')
    const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!)
    const elsewhere = mkdtempSync(join(tmpdir(), 'millrace-elsewhere-'))
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--prefix', prefix]
    run('npm', ['install', '--global', ...flags, tarball], elsewhere)
    const bin = join(prefix, 'bin/millrace')
    expect(run(bin, ['--version'], elsewhere)).toMatch(/^millrace \d+\.\d+\.\d+\n$/)
    const args = ['serve', '--memory', '--pg-port', '0', '--http-port', '0']
    const server = spawn(bin, args, { cwd: elsewhere, env, stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const url = (await firstLine(server)).replace('ready: ', '')
      expect(run(bin, ['sql', '--url', url, '-c', 'SELECT 40 + 2'], elsewhere)).toContain('42')
    } finally {
      const ended = new Promise((done) => server.once('exit', done))
      server.kill('SIGTERM')
      await ended
      rmSync(elsewhere, { recursive: true, force: true })
    }
  })

  test('serves: rows that were written are there after kill -9', async () => {
    const bin = join(folder, 'node_modules/.bin/millrace')
    const start = () =>
      spawn(bin, ['serve', '--pg-port', '0', '--http-port', '0', '--data-dir', join(folder, 'data')], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
    const first = start()
    const url = (await firstLine(first)).replace('ready: ', '')
    expect(url).toMatch(/^postgresql:\/\/millrace@127\.0\.0\.1:\d+\/millrace$/)
    run(bin, ['sql', '--url', url, '-c', 'CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)'], folder)
    const killed = new Promise((done) => first.once('exit', done))
    first.kill('SIGKILL')
    await killed
    const second = start()
    const again = (await firstLine(second)).replace('ready: ', '')
    expect(run(bin, ['sql', '--url', again, '-c', 'SELECT sum(a) FROM t'], folder)).toContain(' 3')
    const ended = new Promise((done) => second.once('exit', done))
    second.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})

test('workers are started by the URL of the built file', () => {
  const source = `new Worker(new URL('./ingest.ts', import.meta.url)); new URL("./a.ts", base)`
  expect(rewriteWorkerUrls(source)).toBe(`new Worker(new URL('./ingest.js', import.meta.url)); new URL("./a.ts", base)`)
})
