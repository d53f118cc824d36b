/** `npm run build`: JavaScript in dist/, as Node strips no types from files under node_modules. */
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMain, root, runHere } from './processes.ts'

/** tsc rewrites imports from .ts to .js, but not the URLs that workers are started by. */
export function rewriteWorkerUrls(text: string): string {
  return text.replace(/(new URL\(\s*(['"])\.[^'"]*)\.ts(\2\s*,\s*import\.meta\.url)/g, '$1.js$3')
}

export function build(): boolean {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  if (runHere('tsc', ['-p', 'tsconfig.build.json']) !== 0) return false
  for (const file of globSync('dist/**/*.js', { cwd: root })) {
    const path = join(root, file)
    const text = readFileSync(path, 'utf8')
    const rewritten = rewriteWorkerUrls(text)
    if (rewritten !== text) writeFileSync(path, rewritten)
  }
  return true
}

if (isMain(import.meta.url)) process.exitCode = build() ? 0 : 1
