import type { Statement } from '../bind/context.ts'

/**
 * The statement's text as the catalog keeps it: every name of an object qualified by its schema, so that the text means
 * the same whatever the search path. A name without alias gets itself as alias: `t.a` keeps finding it.
 */
export function canonicalSql(
  st: Statement,
  sql: string,
  span: { readonly start: number; readonly end: number },
): string {
  const { catalog } = st.env
  let text = ''
  let at = span.start
  const inside = st.references.filter((r) => r.start >= span.start && r.end <= span.end)
  for (const reference of inside.sort((a, b) => a.start - b.start)) {
    if (reference.start < at) continue
    const entry = catalog.byId(reference.object)
    const schema = entry && catalog.byId(entry.schema)
    if (!entry || !schema) continue
    const { before } = reference
    text += before === null ? sql.slice(at, reference.start) : sql.slice(at, before.start) + before.text
    text += `${quoted(schema.name)}.${quoted(entry.kind === 'function' ? entry.fn : entry.name)}`
    if (!reference.aliased) text += ` AS ${quoted(reference.name)}`
    at = reference.end
  }
  return (text + sql.slice(at, span.end)).trim()
}

/** An identifier as text: quoted always, so that no keyword list is needed here. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
