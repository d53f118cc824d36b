import type { Alias } from '../../../grammar/ast.ts'
import type { Name } from '../../../grammar/ast-base.ts'
import { parseStatement } from '../../../grammar/parse.ts'
import { quoted } from './canonical.ts'

interface TableNode {
  readonly name: Name
  readonly alias?: Alias
}

/**
 * The stored text of an object with the columns of one relation that it reads under the names that it knows them by:
 * `"s"."t" AS "t"` becomes `"s"."t" AS "t" ("a", "b")`. So a column may be renamed while others read it.
 */
export function pinColumns(sql: string, schema: string, relation: string, columns: readonly string[]): string {
  const found: TableNode[] = []
  collect(parseStatement(sql), found)
  let text = ''
  let at = 0
  for (const node of found.sort((a, b) => a.name.span.start - b.name.span.start)) {
    const parts = node.name.parts.map((p) => p.name)
    if (parts.length < 2 || parts.at(-1) !== relation || parts.at(-2) !== schema) continue
    // The first names may have been given before, by the user or by an earlier change.
    const given = node.alias?.columns.map((c) => c.name) ?? []
    if (given.length >= columns.length) continue
    const names = [...given, ...columns.slice(given.length)].map(quoted).join(', ')
    const alias = quoted(node.alias?.name?.name ?? relation)
    text += `${sql.slice(at, node.name.span.end)} AS ${alias} (${names})`
    at = node.alias?.span.end ?? node.name.span.end
  }
  return text + sql.slice(at)
}

/** The relations named in FROM clauses and as the data of windows, wherever in the tree. */
function collect(value: unknown, found: TableNode[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found)
  } else if (typeof value === 'object' && value !== null) {
    const node = value as Partial<TableNode> & { readonly kind?: string; readonly table?: Name }
    const name = node.kind === 'table' ? node.name : node.kind === 'tableArg' ? node.table : undefined
    if (name?.kind === 'name') found.push({ name, ...(node.alias && { alias: node.alias }) })
    for (const child of Object.values(value)) collect(child, found)
  }
}
