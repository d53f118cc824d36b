import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(import.meta.dirname, '..')

/** Runs a program with the terminal of this one, node_modules/.bin first in PATH; gives the exit code. */
export function runHere(program: string, args: readonly string[], env: Record<string, string> = {}): number {
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`
  const done = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env, PATH: path } })
  if (done.error) process.stderr.write(`cannot run ${program}: ${done.error.message}\n`)
  return done.status ?? 1
}

/** Runs a script with this Node. */
export function runNode(args: readonly string[], env: Record<string, string> = {}): number {
  return runHere(process.execPath, args, env)
}

export const VITEST = join(root, 'node_modules/vitest/vitest.mjs')

/** Whether a module is the script that was started. `import.meta.main` does not tell: the launcher imports it. */
export function isMain(url: string): boolean {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(url)
}
