/** Which files a run reads, and `include`. */
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SltSyntaxError } from './cursor.ts'
import { parseSlt } from './parse.ts'
import type { SltRecord } from './record.ts'

const RUNNABLE = /\.(slt|test)$/
const INCLUDE_DEPTH_MAX = 16

/** Files as named; folders give their .slt and .test files, sorted (.slt.part only runs through `include`). */
export function expandPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : [path]))
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesUnder(path)
      return RUNNABLE.test(entry.name) ? [path] : []
    })
}

/** The records of a file with its includes in place. */
export function loadRecords(file: string, depth = 0): Exclude<SltRecord, { kind: 'include' }>[] {
  return parseSlt(readFileSync(file, 'utf8'), file).flatMap((record) => {
    if (record.kind !== 'include') return [record]
    if (depth >= INCLUDE_DEPTH_MAX) throw new SltSyntaxError(record.place, 'includes are nested too deeply')
    const found = globSync(record.pattern, { cwd: dirname(file) }).sort()
    if (found.length === 0) throw new SltSyntaxError(record.place, `nothing matches "${record.pattern}"`)
    return found.flatMap((name) => loadRecords(join(dirname(file), name), depth + 1))
  })
}
