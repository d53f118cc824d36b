// SQL/JSON as text.
import type { OrderItem, WindowSpec } from './ast.ts'
import type {
  JsonBehavior,
  JsonColumn,
  JsonFormat,
  JsonOutput,
  JsonPassing,
  JsonValue,
  SqlJson,
} from './ast-sql-json.ts'
import { commas, ident, type Printer, parens, quote, type, words } from './deparse-base.ts'

/** How the printer of expressions prints what also stands elsewhere. */
export type JsonParts = {
  order(items: OrderItem[]): string | undefined
  window(w: WindowSpec): string
}

export function jsonText(p: Printer, e: SqlJson, parts: JsonParts): string {
  const of = (v: JsonValue): string => words(p.operand(v.expr), v.format && format(v.format))
  const behavior = (b: JsonBehavior | undefined, on: string): string | undefined =>
    b && words(b.what, b.expr && p.operand(b.expr), 'ON', on)
  const passing = (list: JsonPassing[]): string | undefined =>
    list.length === 0 ? undefined : `PASSING ${commas(list.map((a) => `${of(a.value)} AS ${ident(a.name)}`))}`
  switch (e.kind) {
    case 'jsonFunction': {
      const clauses = words(
        p.operand(e.path),
        passing(e.passing),
        returning(e.returning),
        e.wrapper && wrapper(e.wrapper),
        e.quotes && `${e.quotes} QUOTES`,
        behavior(e.onEmpty, 'EMPTY'),
        behavior(e.onError, 'ERROR'),
      )
      return `JSON_${e.op}(${of(e.context)}, ${clauses})`
    }
    case 'jsonObject': {
      const members = commas(e.members.map((m) => `${p.operand(m.key)} VALUE ${of(m.value)}`))
      return `JSON_OBJECT(${words(members, nulls(e.nulls), unique(e.unique), returning(e.returning))})`
    }
    case 'jsonArray': {
      const body = e.query
        ? words(p.query(e.query), e.queryFormat && format(e.queryFormat))
        : words(commas(e.items.map(of)), nulls(e.nulls))
      return `JSON_ARRAY(${words(body, returning(e.returning))})`
    }
    case 'jsonAggregate': {
      const body = e.key ? `${p.operand(e.key)} VALUE ${of(e.value)}` : words(of(e.value), parts.order(e.orderBy))
      const call = words(body, nulls(e.nulls), unique(e.unique), returning(e.returning))
      return words(
        `JSON_${e.key ? 'OBJECTAGG' : 'ARRAYAGG'}(${call})`,
        e.filter && `FILTER (WHERE ${p.expr(e.filter)})`,
        e.over && `OVER ${e.over.kind === 'ident' ? ident(e.over) : parts.window(e.over)}`,
      )
    }
    case 'jsonOf': {
      const name = e.op === 'JSON' ? 'JSON' : `JSON_${e.op}`
      return `${name}(${words(of(e.value), unique(e.unique), returning(e.returning))})`
    }
    case 'jsonTable': {
      const columns = (list: JsonColumn[]): string => `COLUMNS ${parens(list.map(column))}`
      const column = (c: JsonColumn): string => {
        if (c.kind === 'jsonOrdinality') return `${ident(c.name)} FOR ORDINALITY`
        if (c.kind === 'jsonNested') {
          return words(`NESTED PATH ${quote(c.path)}`, c.name && `AS ${ident(c.name)}`, columns(c.columns))
        }
        return words(
          ident(c.name),
          type(c.type),
          c.exists && 'EXISTS',
          c.format && format(c.format),
          c.path !== undefined && `PATH ${quote(c.path)}`,
          c.wrapper && wrapper(c.wrapper),
          c.quotes && `${c.quotes} QUOTES`,
          behavior(c.onEmpty, 'EMPTY'),
          behavior(c.onError, 'ERROR'),
        )
      }
      const body = words(
        p.operand(e.path),
        e.pathName && `AS ${ident(e.pathName)}`,
        passing(e.passing),
        columns(e.columns),
        behavior(e.onError, 'ERROR'),
      )
      return `JSON_TABLE(${of(e.context)}, ${body})`
    }
  }
}

const format = (f: JsonFormat): string => words('FORMAT JSON', f.encoding && `ENCODING ${f.encoding}`)
const returning = (o: JsonOutput | undefined): string | undefined =>
  o && words('RETURNING', type(o.type), o.format && format(o.format))
const nulls = (n: 'NULL' | 'ABSENT' | undefined): string | undefined => n && `${n} ON NULL`
const unique = (u: boolean): string | undefined => (u ? 'WITH UNIQUE KEYS' : undefined)
const wrapper = (w: 'NONE' | 'CONDITIONAL' | 'UNCONDITIONAL'): string =>
  w === 'NONE' ? 'WITHOUT WRAPPER' : `WITH ${w} WRAPPER`
