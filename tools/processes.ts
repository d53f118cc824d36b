import { spawn, spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(import.meta.dirname, '..')

const path = (): string => `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`

/** Runs a program with the terminal of this one, node_modules/.bin first in PATH; gives the exit code. */
export function runHere(program: string, args: readonly string[], env: Record<string, string> = {}): number {
  const done = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env, PATH: path() } })
  if (done.error) process.stderr.write(`cannot run ${program}: ${done.error.message}\n`)
  return done.status ?? 1
}

/** Runs a script with this Node. */
export function runNode(args: readonly string[], env: Record<string, string> = {}): number {
  return runHere(process.execPath, args, env)
}

/** Runs a script with this Node beside others; what it printed, which is printed here too. */
export function runApart(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const color = process.stdout.isTTY === true ? { FORCE_COLOR: '1' } : {}
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...color, ...env, PATH: path() },
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    process.stdout.write(chunk)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(Buffer.concat(chunks).toString()))
  })
}

export const VITEST = join(root, 'node_modules/vitest/vitest.mjs')

/** Whether a module is the script that was started. `import.meta.main` does not tell: the launcher imports it. */
export function isMain(url: string): boolean {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(url)
}
