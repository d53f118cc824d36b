/** Compares rows with what a record expects. */
import { createHash } from 'node:crypto'
import { formatPlain, formatTyped, normalizeLine, type ResultMode, type TextRow, valueForm } from './format.ts'
import type { SortMode } from './record.ts'

export interface ResultShape {
  readonly types: string
  readonly sort: SortMode
  readonly mode: ResultMode
  /** Numbers and times agree when their values do, whatever digits they are written with. */
  readonly byValue?: boolean
}

/** The lines that an slt file would show for these rows. */
export function resultLines(rows: readonly TextRow[], shape: ResultShape): string[] {
  const formatted = rows.map((row) =>
    row.map((value, i) =>
      shape.mode === 'valuewise' ? formatTyped(value, shape.types[i] ?? 'T') : formatPlain(value),
    ),
  )
  if (shape.sort === 'rowsort') formatted.sort(compareRows)
  if (shape.sort === 'valuesort') return formatted.flat().sort(byCodeUnit)
  if (shape.mode === 'valuewise') return formatted.flat()
  return formatted.map((row) => normalizeLine(row.join(' ')))
}

/** Unlike localeCompare: the order of strcmp, which the files were sorted by. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareRows(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = byCodeUnit(a[i], b[i])
    if (order !== 0) return order
  }
  return 0
}

const HASHED = /^(\d+) values hashing to ([0-9a-f]{32})$/

/** null when they agree, otherwise a diff (`-` expected, `+` got). */
export function compareResult(
  rows: readonly TextRow[],
  expected: readonly string[],
  shape: ResultShape,
): string | null {
  const hashed = expected.length === 1 ? HASHED.exec(expected[0].trim()) : null
  if (hashed) return compareHash(rows, hashed, shape)
  const got = resultLines(rows, shape)
  const plain = (line: string): string =>
    shape.byValue === true ? valueForm(normalizeLine(line)) : normalizeLine(line)
  let want = expected.map(plain)
  if (shape.sort !== 'nosort') want = sortExpected(want, shape)
  // Rows that differ in whitespace only may sort otherwise once it is normalised: both sides are sorted alike.
  const have = got.map(plain)
  if (shape.sort === 'rowsort' && shape.mode === 'rowwise') have.sort(byCodeUnit)
  if (want.length === have.length && want.every((line, i) => line === have[i])) return null
  return diffLines(want, have)
}

function sortExpected(lines: string[], shape: ResultShape): string[] {
  if (shape.mode === 'rowwise' && shape.sort === 'rowsort') return lines.sort(byCodeUnit)
  return lines
}

function compareHash(rows: readonly TextRow[], hashed: RegExpExecArray, shape: ResultShape): string | null {
  const values = resultLines(rows, { ...shape, mode: 'valuewise' })
  const want = `${hashed[1]} values hashing to ${hashed[2]}`
  const got = `${values.length} values hashing to ${hashOf(values)}`
  return want === got ? null : diffLines([want], [got])
}

export function hashOf(values: readonly string[]): string {
  const md5 = createHash('md5')
  for (const value of values) md5.update(value).update('\n')
  return md5.digest('hex')
}

/** Same rows, in whatever order: null, or a diff of the two sorted. */
export function compareAsBags(want: readonly TextRow[], got: readonly TextRow[]): string | null {
  const shape: ResultShape = { types: '', sort: 'nosort', mode: 'rowwise' }
  const key = (rows: readonly TextRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort(byCodeUnit)
  const wanted = key(want)
  const have = key(got)
  if (wanted.length === have.length && wanted.every((line, i) => line === have[i])) return null
  const lines = (rows: readonly TextRow[]): string[] => resultLines(rows, shape).sort(byCodeUnit)
  return diffLines(lines(want), lines(got))
}

const DIFF_LINES_MAX = 40

/** A line diff by longest common subsequence; long ones are cut, as the first differences tell most. */
export function diffLines(want: readonly string[], got: readonly string[]): string {
  if (want.length * got.length > 1_000_000) return cut([...want.map((l) => `- ${l}`), ...got.map((l) => `+ ${l}`)])
  const lengths = Array.from({ length: want.length + 1 }, () => new Uint32Array(got.length + 1))
  for (let i = want.length - 1; i >= 0; i--) {
    for (let j = got.length - 1; j >= 0; j--) {
      lengths[i][j] = want[i] === got[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1])
    }
  }
  const out: string[] = []
  let i = 0
  let j = 0
  while (i < want.length || j < got.length) {
    if (i < want.length && j < got.length && want[i] === got[j]) {
      out.push(`  ${want[i++]}`)
      j++
    } else if (j < got.length && (i === want.length || lengths[i][j + 1] > lengths[i + 1][j])) out.push(`+ ${got[j++]}`)
    else out.push(`- ${want[i++]}`)
  }
  return cut(out)
}

function cut(lines: readonly string[]): string {
  if (lines.length <= DIFF_LINES_MAX) return lines.join('\n')
  const first = Math.max(0, lines.findIndex((line) => !line.startsWith('  ')) - 3)
  const shown = lines.slice(first, first + DIFF_LINES_MAX)
  const before = first > 0 ? [`  … ${first} equal lines`] : []
  const after = lines.length - first - shown.length
  return [...before, ...shown, ...(after > 0 ? [`  … ${after} more lines`] : [])].join('\n')
}
