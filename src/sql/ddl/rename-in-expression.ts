import type { Ident } from '../../../grammar/ast-base.ts'
import { parseExpression } from '../../../grammar/parse.ts'
import { quoteIdent } from '../../types/text/identifier.ts'

/** The text of an expression over one table's columns (a CHECK, a generated column) after one of them is renamed. */
export function renameInExpression(sql: string, from: string, to: string): string {
  const found: Ident[] = []
  collect(parseExpression(sql), from, found)
  let text = ''
  let at = 0
  for (const { span } of found.sort((a, b) => a.span.start - b.span.start)) {
    text += sql.slice(at, span.start) + quoteIdent(to)
    at = span.end
  }
  return text + sql.slice(at)
}

function collect(value: unknown, name: string, found: Ident[]): void {
  if (typeof value !== 'object' || value === null) return
  const node = value as { readonly kind?: unknown; readonly parts?: readonly Ident[] }
  const last = node.kind === 'column' ? node.parts?.at(-1) : undefined
  if (last?.name === name) found.push(last)
  for (const child of Object.values(value)) collect(child, name, found)
}
