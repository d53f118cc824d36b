// For tests: SQL/JSON as the tree libpg-query gives.
import type { Expr, OrderItem, Query, WindowSpec } from '../ast.ts'
import type { TypeName } from '../ast-base.ts'
import type {
  JsonBehavior,
  JsonColumn,
  JsonFormat,
  JsonOutput,
  JsonTable,
  JsonValue,
  SqlJson,
} from '../ast-sql-json.ts'

type Pg = { [key: string]: unknown }

export type JsonConverters = {
  expr(e: Expr): Pg
  type(t: TypeName): Pg
  order(items: OrderItem[]): Pg[]
  window(w: WindowSpec): Pg
  query(q: Query): Pg
}

const format = (f: JsonFormat | undefined): Pg => ({
  format_type: f ? 'JS_FORMAT_JSON' : 'JS_FORMAT_DEFAULT',
  encoding: f?.encoding ? `JS_ENC_${f.encoding.toUpperCase()}` : 'JS_ENC_DEFAULT',
})
const wrapper = (w: string | undefined): string => `JSW_${w ?? 'UNSPEC'}`
const quotes = (q: string | undefined): string => `JS_QUOTES_${q ?? 'UNSPEC'}`

export function pgJson(e: Exclude<SqlJson, JsonTable>, c: JsonConverters): Pg {
  const value = (v: JsonValue): Pg => ({ raw_expr: c.expr(v.expr), format: format(v.format) })
  const output = outputOf(c)
  const behavior = behaviorOf(c)
  switch (e.kind) {
    case 'jsonFunction':
      return {
        JsonFuncExpr: {
          op: `JSON_${e.op}_OP`,
          context_item: value(e.context),
          pathspec: c.expr(e.path),
          passing: e.passing.map((a) => ({ JsonArgument: { val: value(a.value), name: a.name.name } })),
          output: output(e.returning),
          on_empty: behavior(e.onEmpty),
          on_error: behavior(e.onError),
          wrapper: wrapper(e.wrapper),
          quotes: quotes(e.quotes),
        },
      }
    case 'jsonObject':
      return {
        JsonObjectConstructor: {
          exprs: e.members.map((m) => ({ JsonKeyValue: { key: c.expr(m.key), value: value(m.value) } })),
          output: output(e.returning),
          absent_on_null: e.nulls === 'ABSENT',
          unique: e.unique,
        },
      }
    case 'jsonArray':
      if (e.query) {
        const query = { query: c.query(e.query), format: format(e.queryFormat), output: output(e.returning) }
        return { JsonArrayQueryConstructor: { ...query, absent_on_null: true } }
      }
      return {
        JsonArrayConstructor: {
          exprs: e.items.map((v) => ({ JsonValueExpr: value(v) })),
          output: output(e.returning),
          absent_on_null: e.nulls !== 'NULL',
        },
      }
    case 'jsonAggregate': {
      const over = e.over && (e.over.kind === 'ident' ? { name: e.over.name, frameOptions: 1058 } : c.window(e.over))
      const made = {
        output: output(e.returning),
        agg_filter: e.filter && c.expr(e.filter),
        agg_order: c.order(e.orderBy),
        over,
      }
      if (!e.key) {
        return { JsonArrayAgg: { constructor: made, arg: value(e.value), absent_on_null: e.nulls !== 'NULL' } }
      }
      const arg = { key: c.expr(e.key), value: value(e.value) }
      return { JsonObjectAgg: { constructor: made, arg, absent_on_null: e.nulls === 'ABSENT', unique: e.unique } }
    }
    case 'jsonOf': {
      if (e.op === 'SCALAR') return { JsonScalarExpr: { expr: c.expr(e.value.expr) } }
      if (e.op === 'JSON') return { JsonParseExpr: { expr: value(e.value), unique_keys: e.unique } }
      return { JsonSerializeExpr: { expr: value(e.value), output: output(e.returning) } }
    }
  }
}

const outputOf =
  (c: JsonConverters) =>
  (o: JsonOutput | undefined): Pg | undefined =>
    o && { typeName: c.type(o.type), returning: { format: format(o.format) } }

const behaviorOf =
  (c: JsonConverters) =>
  (b: JsonBehavior | undefined): Pg | undefined =>
    b && { btype: `JSON_BEHAVIOR_${b.what.replace(' ', '_')}`, expr: b.expr && c.expr(b.expr) }

export function pgJsonTable(e: JsonTable, c: JsonConverters): Pg {
  const behavior = behaviorOf(c)
  const path = (text: string | undefined, name?: string): Pg | undefined =>
    text === undefined ? undefined : { string: { A_Const: { sval: { sval: text } } }, name, name_location: -1 }
  const column = (j: JsonColumn): Pg => {
    const plain = { wrapper: wrapper(undefined), quotes: quotes(undefined) }
    if (j.kind === 'jsonOrdinality') {
      return { JsonTableColumn: { coltype: 'JTC_FOR_ORDINALITY', name: j.name.name, ...plain } }
    }
    if (j.kind === 'jsonNested') {
      const nested = { coltype: 'JTC_NESTED', pathspec: path(j.path, j.name?.name), columns: j.columns.map(column) }
      return { JsonTableColumn: { ...nested, ...plain } }
    }
    return {
      JsonTableColumn: {
        coltype: j.exists ? 'JTC_EXISTS' : j.format ? 'JTC_FORMATTED' : 'JTC_REGULAR',
        name: j.name.name,
        typeName: c.type(j.type),
        pathspec: path(j.path),
        format: format(j.format),
        wrapper: j.exists ? 'JSW_NONE' : wrapper(j.wrapper),
        quotes: quotes(j.quotes),
        on_empty: behavior(j.onEmpty),
        on_error: behavior(j.onError),
      },
    }
  }
  return {
    context_item: { raw_expr: c.expr(e.context.expr), format: format(e.context.format) },
    pathspec: { string: c.expr(e.path), name: e.pathName?.name, name_location: -1 },
    passing: e.passing.map((a) => ({
      JsonArgument: { val: { raw_expr: c.expr(a.value.expr), format: format(a.value.format) }, name: a.name.name },
    })),
    columns: e.columns.map(column),
    on_error: behavior(e.onError),
  }
}
