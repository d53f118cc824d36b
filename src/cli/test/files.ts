/** Which files a run reads, and `include`. */
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SltSyntaxError } from './cursor.ts'
import { parseSlt } from './parse.ts'
import type { Place, SltRecord } from './record.ts'

const RUNNABLE = /\.(slt|test|slt\.part)$/
const PART = /\.slt\.part$/
const INCLUDE = /^include\s+(\S.*)$/gm
const INCLUDE_DEPTH_MAX = 16

/**
 * Files as named; folders give theirs, sorted. A .slt.part that another file of the same paths includes is left out:
 * it runs there.
 */
export function expandPaths(paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : [path]))
  const included = new Set(found.flatMap(includesOf))
  return found.filter((path) => paths.includes(path) || !PART.test(path) || !included.has(resolve(path)))
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

function includesOf(file: string): string[] {
  const folder = dirname(resolve(file))
  const patterns = [...readFileSync(file, 'utf8').matchAll(INCLUDE)].map((match) => match[1].trim())
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: folder })).map((name) => join(folder, name))
}

/** The records of a file with its includes, statements and schemas of other files in place. */
export function loadRecords(file: string, depth = 0): Exclude<SltRecord, { kind: 'include' | 'run' }>[] {
  return parseSlt(readFileSync(file, 'utf8'), file).flatMap((record) => {
    if (record.kind === 'run') {
      return [
        {
          ...record,
          kind: 'statement' as const,
          sql: textBeside(file, record.file, record.place),
          expect: { kind: 'ok' } as const,
        },
      ]
    }
    if (record.kind === 'schema' && record.file !== null) {
      return [{ ...record, text: textBeside(file, record.file, record.place) }]
    }
    if (record.kind !== 'include') return [record]
    if (depth >= INCLUDE_DEPTH_MAX) throw new SltSyntaxError(record.place, 'includes are nested too deeply')
    const found = globSync(record.pattern, { cwd: dirname(file) }).sort()
    if (found.length === 0) throw new SltSyntaxError(record.place, `nothing matches "${record.pattern}"`)
    return found.flatMap((name) => loadRecords(join(dirname(file), name), depth + 1))
  })
}

function textBeside(file: string, name: string, place: Place): string {
  const path = join(dirname(file), name)
  if (!existsSync(path)) throw new SltSyntaxError(place, `there is no file ${path}`)
  return readFileSync(path, 'utf8')
}
