/** The launcher under an older Node: it finds Node 24, and is as good as the process that it starts. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { root, runHere } from './processes.ts'
import { running } from './services/maven.ts'

/** A Node below 24 on this machine, outside node_modules. */
function olderNode(): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'))
  for (const folder of folders) {
    const node = join(folder, 'node')
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout
    if (version && Number.parseInt(version.slice(1), 10) < 24) return node
  }
  return null
}

const older = olderNode()
const folder = mkdtempSync(join(tmpdir(), 'millrace-launch-'))
const script = join(folder, 'script.ts')
writeFileSync(
  script,
  `const mode: string = process.argv[2]
process.on('SIGTERM', () => process.exit(5))
console.log(process.version, process.pid, process.argv.slice(2).join(' '))
if (mode === 'exit') process.exit(Number(process.argv[3]))
if (mode === 'spin') setTimeout(() => { for (;;); }, 10)
setInterval(() => {}, 1000)
`,
)
afterAll(() => rmSync(folder, { recursive: true }))

const env = { ...process.env, NODE_OPTIONS: '' }
const launch = (node: string, ...args: string[]): ChildProcess =>
  spawn(node, [join(root, 'tools/run.cjs'), script, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })

/** The first line that it prints. */
function firstLine(child: ChildProcess): Promise<string[]> {
  return new Promise((resolve) =>
    child.stdout!.once('data', (data: Buffer) => resolve(data.toString().trim().split(' '))),
  )
}

const exit = (child: ChildProcess): Promise<[number | null, string | null]> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])))

async function until(condition: () => boolean): Promise<boolean> {
  for (let i = 0; i < 1200 && !condition(); i++) await new Promise((done) => setTimeout(done, 50))
  return condition()
}

describe.skipIf(older === null)('under an older Node', () => {
  test('TypeScript runs on Node 24, with its arguments and its exit code', async () => {
    const child = launch(older!, 'exit', '42')
    const ended = exit(child)
    const [version, , ...args] = await firstLine(child)
    expect(Number.parseInt(version.slice(1), 10)).toBeGreaterThanOrEqual(24)
    expect(args).toEqual(['exit', '42'])
    expect(await ended).toEqual([42, null])
  })

  test('a signal is passed on', async () => {
    const child = launch(older!, 'wait')
    const ended = exit(child)
    await firstLine(child)
    child.kill('SIGTERM')
    expect(await ended).toEqual([5, null])
  })

  test('kill -9 of the launcher ends what it started', async () => {
    const child = launch(older!, 'wait')
    const [, pid] = await firstLine(child)
    child.kill('SIGKILL')
    expect(await until(() => !running(Number(pid)))).toBe(true)
  })

  test('kill -9 of the launcher ends what it started even while that loops without end', async () => {
    const child = launch(older!, 'spin')
    const [, pid] = await firstLine(child)
    await new Promise((done) => setTimeout(done, 100))
    child.kill('SIGKILL')
    expect(await until(() => !running(Number(pid)))).toBe(true)
  })

  test('kill -9 of what it started ends the launcher in the same way', async () => {
    const child = launch(older!, 'wait')
    const ended = exit(child)
    const [, pid] = await firstLine(child)
    process.kill(Number(pid), 'SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
  })

  test('millrace --version', () => {
    const done = spawnSync(older!, [join(root, 'bin/millrace.cjs'), '--version'], { encoding: 'utf8', env })
    expect(done.stdout).toMatch(/^millrace \d/)
  })
})

test('the program that ensures the dependencies does nothing when they are there', () => {
  expect(runHere('node', ['tools/ensure.cjs'])).toBe(0)
})
