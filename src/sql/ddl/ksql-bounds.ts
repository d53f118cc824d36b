import type { Expr, Query, Select, Target } from '../../../grammar/ast.ts'

/** The query that ksqlDB's `WINDOW` groups, else null. */
export const windowed = (query: Query): Select | null =>
  query.body.kind === 'select' && query.body.streamWindow !== undefined ? query.body : null

/**
 * A windowed table of ksqlDB has its window in its key: WINDOWSTART and WINDOWEND stand behind the group keys that begin
 * the select list, where that names neither of them. `added`: what the text is to say as well, and where.
 */
export function withBounds(query: Query, sql: string): { query: Query; added?: { at: number; text: string } } {
  const select = windowed(query)
  if (select === null || select.targets.length === 0 || select.targets.some((t) => BOUNDS.has(nameOf(t.expr)))) {
    return { query }
  }
  const text = ({ span }: { span: { start: number; end: number } }) => sql.slice(span.start, span.end).toLowerCase()
  const keys = new Set(select.groupBy.flatMap((g) => (g.kind === 'groupExpr' ? [text(g.expr)] : [])))
  const { targets } = select
  const other = targets.findIndex((t) => !keys.has(text(t.expr)))
  const behind = other < 0 ? targets.length : other
  const at = behind === 0 ? targets[0].span.start : targets[behind - 1].span.end
  const names = [...BOUNDS].join(', ')
  const bounds = [...BOUNDS].map((name): Target => {
    const span = { start: at, end: at }
    return {
      kind: 'target',
      expr: { kind: 'column', parts: [{ kind: 'ident', name, quoted: false, span }], span },
      span,
    }
  })
  const body = { ...select, targets: [...targets.slice(0, behind), ...bounds, ...targets.slice(behind)] }
  return { query: { ...query, body }, added: { at, text: behind === 0 ? `${names}, ` : `, ${names}${' '}` } }
}

const BOUNDS: ReadonlySet<string> = new Set(['windowstart', 'windowend'])

const nameOf = (e: Expr): string => (e.kind === 'column' ? e.parts[e.parts.length - 1].name.toLowerCase() : '')
