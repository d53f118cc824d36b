// For tests: our expressions as the tree libpg-query gives, so that the two can be compared node by node.
import type { Alias, Arg, Call, Expr, Frame, FrameBound, OrderItem, Query, WindowSpec } from '../ast.ts'
import type { Ident, Name, TypeName } from '../ast-base.ts'

/** Set by the file of queries, which builds on this one. */
let pgQuery: (q: Query) => Pg = () => ({})
export function useQueries(convert: (q: Query) => Pg): void {
  pgQuery = convert
}

import { type JsonConverters, pgJson } from './oracle-json.ts'

export type Pg = { [key: string]: unknown }

export const str = (sval: string): Pg => ({ String: { sval } })
export const strings = (idents: Ident[]): Pg[] => idents.map((i) => str(i.name))
export const names = (name: Name): Pg[] => strings(name.parts)
const text = (sval: string): Pg => ({ A_Const: { sval: { sval } } })
const int = (ival: number): Pg => ({ A_Const: { ival: { ival } } })
const list = (items: Pg[]): Pg => ({ List: { items } })
const aExpr = (kind: string, op: Pg[], lexpr: Pg | undefined, rexpr: Pg): Pg => ({
  A_Expr: { kind, name: op, lexpr, rexpr },
})
const fn = (name: string, args: Pg[], funcformat = 'COERCE_SQL_SYNTAX'): Pg => ({
  FuncCall: { funcname: [str('pg_catalog'), str(name)], args, funcformat },
})

export const jsonConverters: JsonConverters = {
  expr: (e) => pgExpr(e),
  type: (t) => pgType(t),
  order: (items) => items.map(pgOrder),
  window: (w) => pgWindow(w),
  query: (q) => pgQuery(q),
}

export class Unsupported extends Error {}

export function pgExprs(exprs: Expr[]): Pg[] {
  return exprs.map(pgExpr)
}

const likeOps: Record<string, string> = {
  LIKE: '~~',
  ILIKE: '~~*',
  'NOT LIKE': '!~~',
  'NOT ILIKE': '!~~*',
  'SIMILAR TO': '~',
  'NOT SIMILAR TO': '!~',
}

export function pgExpr(e: Expr): Pg {
  switch (e.kind) {
    case 'column':
      return { ColumnRef: { fields: strings(e.parts) } }
    case 'star':
      if (e.except.length > 0) throw new Unsupported('except')
      return { ColumnRef: { fields: [...strings(e.qualifier), { A_Star: {} }] } }
    case 'number':
      return number(e.text, e.integer)
    case 'string':
      return text(e.value)
    case 'bitString':
      return { A_Const: { bsval: { bsval: (e.base === 2 ? 'b' : 'x') + e.digits } } }
    case 'null':
      return { A_Const: { isnull: true } }
    case 'boolean':
      return { A_Const: { boolval: { boolval: e.value } } }
    case 'typedLiteral':
      return { TypeCast: { arg: text(e.value), typeName: pgType(e.type) } }
    case 'interval':
      return { TypeCast: { arg: text(e.value), typeName: intervalType(e.fields, e.precision) } }
    case 'param':
      return { ParamRef: { number: e.index } }
    case 'unary':
      // PostgreSQL folds the sign into a constant while parsing.
      if (e.op === '-' && !e.schema) {
        const operand = pgExpr(e.operand)
        const negated = negate(operand)
        if (negated) return negated
        return aExpr('AEXPR_OP', [str('-')], undefined, operand)
      }
      return aExpr('AEXPR_OP', operatorName(e.op, e.schema), undefined, pgExpr(e.operand))
    case 'binary':
      return aExpr('AEXPR_OP', operatorName(e.op, e.schema), pgExpr(e.left), pgExpr(e.right))
    case 'and':
      return { BoolExpr: { boolop: 'AND_EXPR', args: pgExprs(e.args) } }
    case 'or':
      return { BoolExpr: { boolop: 'OR_EXPR', args: pgExprs(e.args) } }
    case 'not':
      return { BoolExpr: { boolop: 'NOT_EXPR', args: [pgExpr(e.operand)] } }
    case 'is': {
      const arg = pgExpr(e.operand)
      if (e.test === 'NULL') return { NullTest: { arg, nulltesttype: e.negated ? 'IS_NOT_NULL' : 'IS_NULL' } }
      if (e.test === 'TRUE' || e.test === 'FALSE' || e.test === 'UNKNOWN') {
        return { BooleanTest: { arg, booltesttype: `IS_${e.negated ? 'NOT_' : ''}${e.test}` } }
      }
      if (e.test.startsWith('JSON')) {
        const item = {
          JSON: 'JS_TYPE_ANY',
          'JSON SCALAR': 'JS_TYPE_SCALAR',
          'JSON ARRAY': 'JS_TYPE_ARRAY',
          'JSON OBJECT': 'JS_TYPE_OBJECT',
        }
        const test = {
          JsonIsPredicate: {
            expr: arg,
            format: { format_type: 'JS_FORMAT_DEFAULT', encoding: 'JS_ENC_DEFAULT' },
            item_type: item[e.test as 'JSON'],
            unique_keys: e.uniqueKeys,
          },
        }
        return e.negated ? { BoolExpr: { boolop: 'NOT_EXPR', args: [test] } } : test
      }
      throw new Unsupported(e.test)
    }
    case 'isDistinct':
      return aExpr(e.negated ? 'AEXPR_NOT_DISTINCT' : 'AEXPR_DISTINCT', [str('=')], pgExpr(e.left), pgExpr(e.right))
    case 'between': {
      const name = `${e.negated ? 'NOT ' : ''}BETWEEN${e.symmetric ? ' SYMMETRIC' : ''}`
      const kind = `AEXPR_${e.negated ? 'NOT_' : ''}BETWEEN${e.symmetric ? '_SYM' : ''}`
      return aExpr(kind, [str(name)], pgExpr(e.operand), list([pgExpr(e.low), pgExpr(e.high)]))
    }
    case 'inList':
      return aExpr('AEXPR_IN', [str(e.negated ? '<>' : '=')], pgExpr(e.operand), list(pgExprs(e.list)))
    case 'inSubquery': {
      const link = { SubLink: { subLinkType: 'ANY_SUBLINK', testexpr: pgExpr(e.operand), subselect: pgQuery(e.query) } }
      return e.negated ? { BoolExpr: { boolop: 'NOT_EXPR', args: [link] } } : link
    }
    case 'like': {
      const op = likeOps[(e.negated ? 'NOT ' : '') + e.op]
      const pattern = [pgExpr(e.pattern), ...(e.escape ? [pgExpr(e.escape)] : [])]
      if (e.op === 'SIMILAR TO') {
        return aExpr(
          'AEXPR_SIMILAR',
          [str(op)],
          pgExpr(e.operand),
          fn('similar_to_escape', pattern, 'COERCE_EXPLICIT_CALL'),
        )
      }
      const right = e.escape ? fn('like_escape', pattern, 'COERCE_EXPLICIT_CALL') : pattern[0]
      return aExpr(`AEXPR_${e.op}`, [str(op)], pgExpr(e.operand), right)
    }
    case 'quantified': {
      const op = likeOps[e.op] ? [str(likeOps[e.op])] : operatorName(e.op, e.schema)
      if (e.array) return aExpr(`AEXPR_OP_${e.quantifier}`, op, pgExpr(e.left), pgExpr(e.array))
      if (!e.query) throw new Unsupported('quantified')
      const any = e.quantifier === 'ANY' && e.op === '=' && !e.schema
      return {
        SubLink: {
          subLinkType: `${e.quantifier}_SUBLINK`,
          testexpr: pgExpr(e.left),
          operName: any ? [str('=')] : op,
          subselect: pgQuery(e.query),
        },
      }
    }
    case 'case':
      return {
        CaseExpr: {
          arg: e.operand && pgExpr(e.operand),
          args: e.whens.map((w) => ({ CaseWhen: { expr: pgExpr(w.when), result: pgExpr(w.then) } })),
          defresult: e.else && pgExpr(e.else),
        },
      }
    case 'cast':
      if (e.try) throw new Unsupported('try_cast')
      return { TypeCast: { arg: pgExpr(e.operand), typeName: pgType(e.type) } }
    case 'call':
      return call(e)
    case 'descriptor':
      return {
        FuncCall: {
          funcname: [str('descriptor')],
          args: e.columns.map((c) => ({ ColumnRef: { fields: [str(c.name)] } })),
          funcformat: 'COERCE_EXPLICIT_CALL',
        },
      }
    case 'subquery':
      return { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: pgQuery(e.query) } }
    case 'exists':
      return { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: pgQuery(e.query) } }
    case 'arraySubquery':
      return { SubLink: { subLinkType: 'ARRAY_SUBLINK', subselect: pgQuery(e.query) } }
    case 'array':
      return { A_ArrayExpr: { elements: pgExprs(e.elements) } }
    case 'row':
      return {
        RowExpr: { args: pgExprs(e.fields), row_format: e.explicit ? 'COERCE_EXPLICIT_CALL' : 'COERCE_IMPLICIT_CAST' },
      }
    case 'subscript':
      return indirection(e.operand, { A_Indices: { uidx: pgExpr(e.index) } })
    case 'slice':
      return indirection(e.operand, {
        A_Indices: { is_slice: true, lidx: e.from && pgExpr(e.from), uidx: e.to && pgExpr(e.to) },
      })
    case 'field':
      return indirection(e.operand, str(e.field.name))
    case 'fieldStar':
      return indirection(e.operand, { A_Star: {} })
    case 'collate':
      return { CollateClause: { arg: pgExpr(e.operand), collname: names(e.collation) } }
    case 'atTimeZone':
      return fn('timezone', [...(e.zone ? [pgExpr(e.zone)] : []), pgExpr(e.operand)])
    case 'extract':
      return fn('extract', [text(e.field), pgExpr(e.source)])
    case 'substring': {
      const args = [pgExpr(e.operand)]
      if (e.similar) args.push(pgExpr(e.similar), pgExpr(e.escape as Expr))
      else if (e.from) args.push(pgExpr(e.from), ...(e.for ? [pgExpr(e.for)] : []))
      else args.push(int(1), { TypeCast: { arg: pgExpr(e.for as Expr), typeName: typeName(['int4'], []) } })
      return fn('substring', args)
    }
    case 'position':
      return fn('position', [pgExpr(e.haystack), pgExpr(e.needle)])
    case 'overlay':
      return fn('overlay', [e.operand, e.placing, e.from, ...(e.for ? [e.for] : [])].map(pgExpr))
    case 'trim': {
      const name = { BOTH: 'btrim', LEADING: 'ltrim', TRAILING: 'rtrim' }[e.side]
      return fn(name, [...pgExprs(e.args), ...(e.chars ? [pgExpr(e.chars)] : [])])
    }
    case 'normalize':
      return fn('normalize', [pgExpr(e.operand), ...(e.form ? [text(e.form)] : [])])
    case 'coalesce':
      return { CoalesceExpr: { args: pgExprs(e.args) } }
    case 'greatest':
    case 'least':
      return { MinMaxExpr: { op: e.kind === 'least' ? 'IS_LEAST' : 'IS_GREATEST', args: pgExprs(e.args) } }
    case 'nullif':
      return aExpr('AEXPR_NULLIF', [str('=')], pgExpr(e.left), pgExpr(e.right))
    case 'overlaps':
      return fn('overlaps', pgExprs([...e.left, ...e.right]))
    case 'sqlValue': {
      const op = `SVFOP_${e.name.toUpperCase()}${e.precision === undefined ? '' : '_N'}`
      if (e.name === 'system_user') return fn('system_user', [])
      return { SQLValueFunction: { op, typmod: e.precision ?? -1 } }
    }
    case 'grouping':
      return { GroupingFunc: { args: pgExprs(e.args) } }
    case 'jsonFunction':
    case 'jsonObject':
    case 'jsonArray':
    case 'jsonAggregate':
    case 'jsonOf':
      return pgJson(e, jsonConverters)
    case 'default':
      return { SetToDefault: {} }
    default:
      throw new Unsupported(e.kind)
  }
}

function number(value: string, integer: boolean): Pg {
  if (integer && Number(value) <= 2147483647) return { A_Const: { ival: { ival: Number(value) } } }
  return { A_Const: { fval: { fval: value } } }
}

function negate(e: Pg): Pg | undefined {
  const constant = e.A_Const as { ival?: { ival?: number }; fval?: { fval: string } } | undefined
  if (constant?.ival) return { A_Const: { ival: { ival: -(constant.ival.ival ?? 0) } } }
  if (constant?.fval) {
    const f = constant.fval.fval
    return { A_Const: { fval: { fval: f.startsWith('-') ? f.slice(1) : `-${f}` } } }
  }
  return undefined
}

function operatorName(op: string, schema: Ident[] | undefined): Pg[] {
  return [...strings(schema ?? []), str(op)]
}

function indirection(operand: Expr, step: Pg): Pg {
  const arg = pgExpr(operand)
  const inner = arg.A_Indirection as { arg: Pg; indirection: Pg[] } | undefined
  if (inner) return { A_Indirection: { arg: inner.arg, indirection: [...inner.indirection, step] } }
  return { A_Indirection: { arg, indirection: [step] } }
}

const intervalMasks: Record<string, number> = { YEAR: 4, MONTH: 2, DAY: 8, HOUR: 1024, MINUTE: 2048, SECOND: 4096 }
const intervalOrder = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']

function intervalType(fields: string | undefined, precision: number | undefined): Pg {
  const mods: Pg[] = []
  if (fields) {
    const [from, to] = fields.split(' TO ')
    let mask = 0
    for (let i = intervalOrder.indexOf(from); i <= intervalOrder.indexOf(to ?? from); i++)
      mask |= intervalMasks[intervalOrder[i]] ?? 0
    mods.push(int(mask))
  }
  if (precision !== undefined) mods.push(...(fields ? [] : [int(0x7fff)]), int(precision))
  return typeName(['interval'], mods)
}

function typeName(parts: string[], typmods: Pg[]): Pg {
  return { names: parts.map(str), typemod: -1, typmods }
}

export function pgType(t: TypeName): Pg {
  if (t.fields || t.args) throw new Unsupported('container type')
  const mods = t.typmods.map((m) => (typeof m === 'number' ? number(String(m), Number.isInteger(m)) : text(m)))
  const name = t.parts.map((p) => p.name)
  const base = t.intervalFields
    ? intervalType(t.intervalFields, t.typmods[0] as number | undefined)
    : typeName(name, mods)
  if (name[0] === 'interval' && !t.intervalFields && mods.length > 0) base.typmods = [int(0x7fff), ...mods]
  return {
    ...base,
    setof: t.setof,
    pct_type: t.percentType,
    arrayBounds: t.arrayDims.map((d) => ({ Integer: { ival: d ?? -1 } })),
  }
}

function call(e: Call): Pg {
  if (e.nulls) throw new Unsupported('nulls')
  const over = e.over && (e.over.kind === 'ident' ? { name: e.over.name, frameOptions: 1058 } : pgWindow(e.over))
  return {
    FuncCall: {
      funcname: names(e.name),
      args: e.args.map(argument),
      agg_star: e.star,
      agg_distinct: e.distinct,
      agg_order: e.orderBy.map(pgOrder),
      agg_within_group: e.withinGroup,
      agg_filter: e.filter && pgExpr(e.filter),
      func_variadic: e.args.some((a) => a.variadic),
      over,
      funcformat: 'COERCE_EXPLICIT_CALL',
    },
  }
}
function argument(a: Arg): Pg {
  const value = pgExpr(a.value)
  return a.name ? { NamedArgExpr: { name: a.name.name, arg: value, argnumber: -1 } } : value
}

export function pgOrder(o: OrderItem): Pg {
  return {
    SortBy: {
      node: pgExpr(o.expr),
      sortby_dir: o.using ? 'SORTBY_USING' : `SORTBY_${o.direction ?? 'DEFAULT'}`,
      sortby_nulls: `SORTBY_NULLS_${o.nulls ?? 'DEFAULT'}`,
      useOp: o.using && [str(o.using)],
    },
  }
}

export function pgWindow(w: WindowSpec): Pg {
  return {
    refname: w.base?.name,
    partitionClause: pgExprs(w.partitionBy),
    orderClause: w.orderBy.map(pgOrder),
    frameOptions: w.frame ? frameBits(w.frame) : 1058,
    startOffset: offset(w.frame?.start),
    endOffset: offset(w.frame?.end),
  }
}
function offset(b: FrameBound | undefined) {
  return b?.offset && pgExpr(b.offset)
}
const bounds: Record<string, number> = {
  'UNBOUNDED PRECEDING': 0x20,
  'UNBOUNDED FOLLOWING': 0x80,
  'CURRENT ROW': 0x200,
  PRECEDING: 0x800,
  FOLLOWING: 0x2000,
}
function frameBits(f: Frame): number {
  const unit = { RANGE: 2, ROWS: 4, GROUPS: 8, SESSION: -1 }[f.unit]
  if (unit < 0) throw new Unsupported('session frame')
  const exclude = { 'CURRENT ROW': 0x8000, GROUP: 0x10000, TIES: 0x20000, 'NO OTHERS': 0 }[f.exclude ?? 'NO OTHERS']
  const end = f.end ? bounds[f.end.bound] << 1 : 0x400
  return 1 | unit | (f.end ? 0x10 : 0) | bounds[f.start.bound] | end | exclude
}

export function pgAlias(a: Alias | undefined): Pg | undefined {
  return a?.name && { aliasname: a.name.name, colnames: a.types.length > 0 ? [] : strings(a.columns) }
}
