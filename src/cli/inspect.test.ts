/** What users get wrong with `millrace inspect` is told in a line; what a directory holds: tools/e2e/inspect.test.ts. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseInspectArguments } from './inspect.ts'

const BIN = resolve(import.meta.dirname, '../../bin/millrace.cjs')
const folder = mkdtempSync(join(tmpdir(), 'millrace-inspect-'))
const served = join(folder, 'served')
const server = spawn(process.execPath, [BIN, 'serve', '--pg-port', '0', '--http-port', '0', '--data-dir', served], {
  stdio: ['ignore', 'pipe', 'ignore'],
})
beforeAll(async () => void (await once(server.stdout, 'data')), 60_000)
afterAll(() => {
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const inspect = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const done = spawnSync(process.execPath, [BIN, 'inspect', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { code: done.status, stderr: done.stderr }
}

const parse = (args: readonly string[], env = {}, file: string | null = null) =>
  parseInspectArguments({ args, env, readFile: () => file })

test('the directory is the one that serve would take', () => {
  expect(parse([])).toEqual({ directory: './millrace-data', relation: null })
  expect(parse(['r'], {}, '{"data_dir":"f"}')).toEqual({ directory: 'f', relation: 'r' })
  expect(parse([], { MILLRACE_DATA_DIR: 'v' }, '{"data_dir":"f"}').directory).toBe('v')
  expect(parse(['--data-dir', 'd', 'r'], { MILLRACE_DATA_DIR: 'v' })).toEqual({ directory: 'd', relation: 'r' })
  expect(() => parse(['--data-dir'])).toThrow('--data-dir needs a value')
  expect(() => parse(['a', 'b'])).toThrow('name one relation')
  expect(() => parse(['--colour'])).toThrow('unknown option --colour')
})

describe('one line, no stack', () => {
  test('a folder that is no data directory', () => {
    const gone = join(folder, 'gone')
    const stderr = `millrace: "${gone}" is not a data directory; give --data-dir\n`
    expect(inspect([], { MILLRACE_DATA_DIR: gone })).toEqual({ code: 1, stderr })
  })

  test('a server that runs, and then a relation that is not there', async () => {
    const running = inspect(['--data-dir', served])
    expect(running.code).toBe(1)
    expect(running.stderr).toMatch(/^millrace: data directory "[^"]*" is in use by another server[^\n]*\n$/)
    server.kill('SIGTERM')
    await once(server, 'exit')
    const stderr = 'millrace: relation "nothing" does not exist\n'
    expect(inspect(['--data-dir', served, 'nothing'])).toEqual({ code: 1, stderr })
  })
})
