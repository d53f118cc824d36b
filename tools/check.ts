/** `npm run check`: types, lint and format, house rules. */
import { isMain, runHere, runNode, VITEST } from './processes.ts'

/** Names of the checks that failed. */
export function runChecks(tidy: boolean): string[] {
  const checks: readonly (readonly [string, () => number])[] = [
    ['types', () => runHere('tsc', ['--noEmit', '-p', '.'])],
    ['lint and format', () => runHere('biome', ['check', '--error-on-warnings'])],
    ['tidy', () => (tidy ? runNode([VITEST, 'run', 'src/tidy.test.ts']) : 0)],
  ]
  return checks.filter(([, run]) => run() !== 0).map(([name]) => name)
}

if (isMain(import.meta.url)) {
  const failed = runChecks(true)
  process.stdout.write(failed.length === 0 ? 'all checks passed\n' : `failed: ${failed.join(', ')}\n`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
