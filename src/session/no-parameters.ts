import type { Statement } from '../../grammar/ast-statement.ts'
import { SqlError } from '../base/sql-error.ts'

/**
 * 42P02 at the first `$n` of a statement that is run without parameters: as the text of a simple query, or because
 * statements of its kind take none. What PREPARE prepares has parameters of its own.
 */
export function checkNoParameters(statement: Statement | null, sql: string): void {
  if (statement === null || statement.kind === 'prepare' || !/\$\d/.test(sql)) return
  const found = firstParameter(statement)
  if (found === null) return
  throw new SqlError('42P02', `there is no parameter $${found.index}`, { position: found.start + 1 })
}

interface Found {
  readonly index: number
  readonly start: number
}

/** By place in the text. Trees are plain data: whatever kind of statement it is, its parts are found. */
function firstParameter(tree: unknown): Found | null {
  let first: Found | null = null
  const rest: unknown[] = [tree]
  while (rest.length > 0) {
    const node = rest.pop()
    if (typeof node !== 'object' || node === null) continue
    const { kind, index, span } = node as { kind?: unknown; index?: unknown; span?: { readonly start: number } }
    if (kind === 'param' && typeof index === 'number' && span !== undefined) {
      if (first === null || span.start < first.start) first = { index, start: span.start }
    } else rest.push(...Object.values(node))
  }
  return first
}
