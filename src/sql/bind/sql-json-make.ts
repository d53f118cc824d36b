import type { Expr, Query, Select } from '../../../grammar/ast.ts'
import type {
  JsonAggregateNode,
  JsonArrayNode,
  JsonObjectNode,
  JsonOf,
  JsonOutput,
} from '../../../grammar/ast-sql-json.ts'
import { sqlJsonId } from '../../functions/json/sql-json.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { JSONB, JSONT, type SqlType, TEXT } from '../../types/sql-type.ts'
import { bindError, type Place } from './bind-error.ts'
import { coerce } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { callFunction } from './overload.ts'
import { slotOf } from './slot.ts'
import { decoded, jsonOperand, outputType } from './sql-json.ts'

/** What SQL/JSON makes: objects and arrays of values or rows, JSON of a text, of a scalar, a text of JSON. */
type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

/** jsonb where RETURNING says so, or, without it, where a value is jsonb. */
const isBinary = (returning: JsonOutput | undefined, values: readonly Scalar[]): boolean =>
  returning ? outputType(returning).kind === 'jsonb' : values.some(({ type }) => type.kind === 'jsonb')

/** The JSON as what RETURNING asks for. */
function given(st: Statement, made: Scalar, returning: JsonOutput | undefined, at: Place): Scalar {
  const type = returning ? outputType(returning) : made.type
  if (type.kind === 'bytea') {
    return callFunction(st, 'convert_to', [coerce(st, made, TEXT, 'explicit', at), constant('UTF8', TEXT)], at)
  }
  // A text that is too long is an error, as in an assignment.
  return coerce(st, made, type, isText(type) ? 'assignment' : 'explicit', at)
}

export const isText = (type: SqlType): boolean => ['text', 'varchar', 'bpchar', 'name'].includes(type.kind)

export function bindJsonObject(st: Statement, node: JsonObjectNode, place: ExprPlace): Scalar {
  handled(node, ['members', 'nulls', 'unique', 'returning'])
  const args = node.members.flatMap(({ key, value }) => {
    const name = st.bind.expr(st, key, place)
    return [
      name.type.kind === 'unknown' ? coerce(st, name, TEXT, 'implicit', key) : name,
      jsonOperand(st, value, place),
    ]
  })
  const binary = isBinary(node.returning, args)
  const fn = sqlJsonId({ call: 'object', binary, absent: node.nulls === 'ABSENT', unique: node.unique })
  const made: Scalar = { kind: 'call', fn, args, type: binary ? JSONB : JSONT, position: st.position(node) }
  return given(st, made, node.returning, node)
}

export function bindJsonArray(st: Statement, node: JsonArrayNode, place: ExprPlace): Scalar {
  handled(node, ['items', 'query', 'queryFormat', 'nulls', 'returning'])
  if (node.query) return st.bind.expr(st, arrayOfRows(node, node.query), place)
  const args = node.items.map((item) => jsonOperand(st, item, place))
  const binary = isBinary(node.returning, args)
  const fn = sqlJsonId({ call: 'array', binary, absent: node.nulls !== 'NULL' })
  const made: Scalar = { kind: 'call', fn, args, type: binary ? JSONB : JSONT, position: st.position(node) }
  return given(st, made, node.returning, node)
}

/** `JSON_ARRAY(query)` is `(SELECT JSON_ARRAYAGG(a) FROM (query) AS q (a))`. */
function arrayOfRows(node: JsonArrayNode, rows: Query): Expr {
  const { span } = node
  if (rows.body.kind === 'select' && rows.body.targets.length > 1) {
    throw bindError('42601', 'subquery must return only one column', node)
  }
  const name = (text: string) => ({ kind: 'ident', name: text, quoted: true, span }) as const
  const expr: Expr = {
    kind: 'jsonAggregate',
    value: {
      kind: 'jsonValue',
      expr: { kind: 'column', parts: [name('q'), name('a')], span },
      ...(node.queryFormat && { format: node.queryFormat }),
      span,
    },
    orderBy: [],
    unique: false,
    ...(node.returning && { returning: node.returning }),
    span,
  }
  const select: Select = {
    kind: 'select',
    targets: [{ kind: 'target', expr, span }],
    from: [
      {
        kind: 'derived',
        query: rows,
        lateral: false,
        alias: { kind: 'alias', name: name('q'), columns: [name('a')], types: [], span },
        span,
      },
    ],
    groupBy: [],
    windows: [],
    span,
  }
  return { kind: 'subquery', query: { kind: 'query', body: select, orderBy: [], locking: [], options: [], span }, span }
}

/** JSON_OBJECTAGG and JSON_ARRAYAGG are json_object_agg and json_agg by what their clauses say. */
export function bindJsonAggregate(st: Statement, node: JsonAggregateNode, place: ExprPlace): Scalar {
  handled(node, ['key', 'value', 'orderBy', 'nulls', 'unique', 'returning', 'filter', 'over'])
  const { span } = node
  const kind = isBinary(node.returning, []) ? 'jsonb' : 'json'
  const unique = node.unique ? '_unique' : ''
  const absent = node.nulls === 'ABSENT' || (!node.key && node.nulls === undefined) ? '_strict' : ''
  const name = node.key ? `${kind}_object_agg${unique}${absent}` : `${kind}_agg${absent}`
  const json = { kind: 'ident', name: 'json', quoted: false, span } as const
  const value: Expr = node.value.format
    ? {
        kind: 'cast',
        operand: node.value.expr,
        type: { kind: 'typeName', parts: [json], canonical: true, typmods: [], arrayDims: [], span } as never,
        style: 'cast',
        span,
      }
    : node.value.expr
  const call: Node<'call'> = {
    kind: 'call',
    name: { kind: 'name', parts: [{ kind: 'ident', name, quoted: false, span }], span },
    args: [...(node.key ? [node.key] : []), value].map((e) => ({ kind: 'arg', value: e, span: e.span })),
    star: false,
    distinct: false,
    orderBy: node.orderBy,
    withinGroup: false,
    ...(node.filter && { filter: node.filter }),
    ...(node.over && { over: node.over }),
    span,
  }
  const made = st.bind.expr(st, call, place)
  return given(st, node.returning ? made : asCollected(st, made, node), node.returning, node)
}

/** What jsonb values are collected into is jsonb. */
function asCollected(st: Statement, made: Scalar, at: Place): Scalar {
  if (made.kind !== 'call') return made
  const [collected] = made.args
  const slot = st.slots[slotOf(collected)]
  const parts = [
    ...(slot?.kind === 'aggregate' ? slot.call.args : []),
    ...(collected.kind === 'call' ? collected.args : []),
  ]
  const member = parts.find((s) => s.kind === 'call' && s.fn.startsWith('json_agg_member('))
  const value = member?.kind === 'call' ? member.args[1].type : collected.type.element
  if (value?.kind !== 'jsonb') return made
  return callFunction(st, made.fn.replace(/^json_/, 'jsonb_').replace(/\(.*$/, ''), [collected], at)
}

export function bindJsonOf(st: Statement, node: JsonOf, place: ExprPlace): Scalar {
  handled(node, ['op', 'value', 'unique', 'returning'])
  const { expr } = node.value
  const bound = st.bind.expr(st, expr, place)
  if (node.op === 'SCALAR') {
    return callFunction(
      st,
      'to_json',
      [bound.type.kind === 'unknown' ? coerce(st, bound, TEXT, 'implicit', expr) : bound],
      node,
    )
  }
  const value = decoded(st, bound, expr)
  if (node.op === 'JSON') {
    if (node.unique && value.type.kind !== 'json' && value.type.kind !== 'jsonb') {
      return callFunction(st, 'json_unique', [coerce(st, value, TEXT, 'explicit', expr)], node)
    }
    return coerce(st, value, JSONT, 'explicit', expr)
  }
  if (!isText(value.type) && !['json', 'jsonb', 'unknown'].includes(value.type.kind)) {
    throw bindError('42804', 'cannot use non-string types with implicit FORMAT JSON clause', node.value)
  }
  const json = value.type.kind === 'jsonb' ? value : coerce(st, value, JSONT, 'explicit', expr)
  return node.returning ? given(st, json, node.returning, node) : coerce(st, json, TEXT, 'explicit', node)
}
