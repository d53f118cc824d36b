// Expressions as text. Operands that are not plain get parentheses, which leave no trace when read again.
import type { Alias, Call, Expr, Frame, FrameBound, OrderItem, WindowSpec } from './ast.ts'
import {
  clause,
  commas,
  dotted,
  full,
  ident,
  idents,
  type Printer,
  parens,
  quote,
  type,
  words,
} from './deparse-base.ts'

import { jsonText } from './deparse-json.ts'

const plain = new Set<Expr['kind']>([
  'column',
  'number',
  'string',
  'bitString',
  'null',
  'boolean',
  'param',
  'call',
  'subquery',
  'array',
  'arraySubquery',
  'exists',
  'coalesce',
  'greatest',
  'least',
  'nullif',
  'sqlValue',
  'row',
  'grouping',
  'extract',
  'trim',
  'substring',
  'position',
  'overlay',
  'jsonFunction',
  'jsonObject',
  'jsonArray',
  'jsonAggregate',
  'jsonOf',
  'jsonTable',
  'case',
])

export function operandText(p: Printer, e: Expr): string {
  return plain.has(e.kind) ? p.expr(e) : `(${p.expr(e)})`
}

export function exprText(p: Printer, e: Expr): string {
  const x = p.operand
  const not = (negated: boolean) => (negated ? 'NOT ' : '')
  const op = (o: { op: string; schema?: { name: string }[] }) =>
    'schema' in o && o.schema ? `OPERATOR(${o.schema.map((s) => `${ident(s as never)}.`).join('')}${o.op})` : o.op
  switch (e.kind) {
    case 'column':
      return dotted(e.parts)
    case 'star':
      return words(
        [...e.qualifier.map(ident), '*'].join('.'),
        e.except.length > 0 && `EXCEPT ${parens(e.except.map((c) => dotted(c.parts)))}`,
      )
    case 'number':
      return e.text
    case 'string':
      return quote(e.value)
    case 'bitString':
      return `${e.base === 2 ? 'B' : 'X'}'${e.digits}'`
    case 'null':
      return 'NULL'
    case 'boolean':
      return e.value ? 'TRUE' : 'FALSE'
    case 'typedLiteral':
      return `${type(e.type)} ${quote(e.value)}`
    case 'interval': {
      const bare = e.precision === undefined ? '' : `(${e.precision})`
      return e.fields ? `INTERVAL ${quote(e.value)} ${e.fields}${bare}` : `INTERVAL${bare} ${quote(e.value)}`
    }
    case 'param':
      return `$${e.index}`
    case 'unary':
      return `${op(e)} ${x(e.operand)}`
    case 'binary':
      return `${x(e.left)} ${op(e)} ${x(e.right)}`
    case 'and':
      return e.args.map(x).join(' AND ')
    case 'or':
      return e.args.map(x).join(' OR ')
    case 'not':
      return `NOT ${x(e.operand)}`
    case 'is':
      return words(x(e.operand), 'IS', e.negated && 'NOT', e.form, e.test, e.uniqueKeys && 'WITH UNIQUE KEYS')
    case 'isDistinct':
      return `${x(e.left)} IS ${not(e.negated)}DISTINCT FROM ${x(e.right)}`
    case 'between':
      return `${x(e.operand)} ${not(e.negated)}BETWEEN ${e.symmetric ? 'SYMMETRIC ' : ''}${x(e.low)} AND ${x(e.high)}`
    case 'inList':
      return `${x(e.operand)} ${not(e.negated)}IN ${parens(e.list.map(p.expr))}`
    case 'inSubquery':
      return `${x(e.operand)} ${not(e.negated)}IN (${p.query(e.query)})`
    case 'like':
      return words(`${x(e.operand)} ${not(e.negated)}${e.op}`, x(e.pattern), e.escape && `ESCAPE ${x(e.escape)}`)
    case 'quantified':
      return `${x(e.left)} ${op(e)} ${e.quantifier} (${e.query ? p.query(e.query) : p.expr(e.array as Expr)})`
    case 'case':
      return words(
        'CASE',
        e.operand && p.expr(e.operand),
        ...e.whens.map((w) => `WHEN ${p.expr(w.when)} THEN ${p.expr(w.then)}`),
        e.else && `ELSE ${p.expr(e.else)}`,
        'END',
      )
    case 'cast':
      if (e.style === '::') return `${x(e.operand)}::${type(e.type)}`
      return `${e.try ? 'TRY_CAST' : 'CAST'}(${p.expr(e.operand)} AS ${type(e.type)})`
    case 'call':
      return callText(p, e)
    case 'descriptor':
      return `DESCRIPTOR(${idents(e.columns)})`
    case 'subquery':
      return `(${p.query(e.query)})`
    case 'exists':
      return `EXISTS (${p.query(e.query)})`
    case 'arraySubquery':
      return `ARRAY(${p.query(e.query)})`
    case 'array':
      return `ARRAY${elements(p, e.elements)}`
    case 'row':
      return `${e.explicit ? 'ROW' : ''}${parens(e.fields.map(p.expr))}`
    case 'map':
      return `MAP {${commas(e.entries.map((m) => `${x(m.key)}: ${x(m.value)}`))}}`
    case 'subscript':
      return `${x(e.operand)}[${p.expr(e.index)}]`
    case 'slice':
      return `${x(e.operand)}[${e.from ? p.expr(e.from) : ''}:${e.to ? p.expr(e.to) : ''}]`
    case 'field':
      return `(${p.expr(e.operand)}).${ident(e.field)}`
    case 'fieldStar':
      return `(${p.expr(e.operand)}).*`
    case 'collate':
      return `${x(e.operand)} COLLATE ${full(e.collation)}`
    case 'atTimeZone':
      return e.zone ? `${x(e.operand)} AT TIME ZONE ${x(e.zone)}` : `${x(e.operand)} AT LOCAL`
    case 'extract':
      return `EXTRACT(${quote(e.field)} FROM ${p.expr(e.source)})`
    case 'substring':
      if (e.similar) return `SUBSTRING(${x(e.operand)} SIMILAR ${x(e.similar)} ESCAPE ${x(e.escape as Expr)})`
      return `SUBSTRING(${words(x(e.operand), e.from && `FROM ${x(e.from)}`, e.for && `FOR ${x(e.for)}`)})`
    case 'position':
      return `POSITION(${x(e.needle)} IN ${x(e.haystack)})`
    case 'jsonFunction':
    case 'jsonObject':
    case 'jsonArray':
    case 'jsonAggregate':
    case 'jsonOf':
    case 'jsonTable':
      return jsonText(p, e, { order: (items) => orderText(p, items), window: (w) => windowText(p, w) })
    case 'overlay':
      return `OVERLAY(${words(x(e.operand), `PLACING ${x(e.placing)}`, `FROM ${x(e.from)}`, e.for && `FOR ${x(e.for)}`)})`
    case 'trim': {
      const list = commas(e.args.map(p.expr))
      return `TRIM(${words(e.side !== 'BOTH' && e.side, e.chars ? `${x(e.chars)} FROM ${list}` : list)})`
    }
    case 'normalize':
      return `NORMALIZE(${commas([p.expr(e.operand), ...(e.form ? [e.form] : [])])})`
    case 'coalesce':
    case 'greatest':
    case 'least':
    case 'grouping':
      return `${e.kind.toUpperCase()}${parens(e.args.map(p.expr))}`
    case 'nullif':
      return `NULLIF(${p.expr(e.left)}, ${p.expr(e.right)})`
    case 'overlaps':
      return `${parens(e.left.map(p.expr))} OVERLAPS ${parens(e.right.map(p.expr))}`
    case 'sqlValue':
      return e.precision === undefined ? e.name : `${e.name}(${e.precision})`
    case 'default':
      return 'DEFAULT'
    case 'tableArg':
      return words(
        'TABLE',
        e.query ? `(${p.query(e.query)})` : e.table && full(e.table),
        aliasText(e.alias),
        e.partitionBy.length === 1 && `PARTITION BY ${p.expr(e.partitionBy[0])}`,
        e.partitionBy.length > 1 && `PARTITION BY (${commas(e.partitionBy.map(p.expr))})`,
        orderText(p, e.orderBy),
      )
    case 'lambda':
      return `|${idents(e.params)}| ${p.expr(e.body)}`
  }
}

function elements(p: Printer, list: Expr[]): string {
  return `[${commas(list.map((e) => (e.kind === 'array' ? elements(p, e.elements) : p.expr(e))))}]`
}

function callText(p: Printer, c: Call): string {
  const args = c.star
    ? '*'
    : words(
        c.distinct && 'DISTINCT',
        c.all && 'ALL',
        commas(c.args.map((a) => words(a.variadic && 'VARIADIC', a.name && `${ident(a.name)} =>`, p.expr(a.value)))),
        !c.withinGroup && orderText(p, c.orderBy),
      )
  return words(
    `${full(c.name)}(${args})`,
    c.withinGroup && `WITHIN GROUP (${orderText(p, c.orderBy)})`,
    c.filter && `FILTER (WHERE ${p.expr(c.filter)})`,
    c.nulls && `${c.nulls} NULLS`,
    c.over && `OVER ${c.over.kind === 'ident' ? ident(c.over) : windowText(p, c.over)}`,
  )
}

export function orderText(p: Printer, items: OrderItem[]): string | undefined {
  return items.length === 0 ? undefined : `ORDER BY ${commas(items.map((o) => orderItem(p, o)))}`
}
function orderItem(p: Printer, o: OrderItem): string {
  return words(p.operand(o.expr), o.using && `USING ${o.using}`, o.direction, o.nulls && `NULLS ${o.nulls}`)
}

export function windowText(p: Printer, w: WindowSpec): string {
  return `(${words(
    w.base && ident(w.base),
    w.partitionBy.length > 0 && `PARTITION BY ${commas(w.partitionBy.map(p.expr))}`,
    orderText(p, w.orderBy),
    w.frame && frameText(p, w.frame),
  )})`
}
function frameText(p: Printer, f: Frame): string {
  const range = f.end ? `BETWEEN ${bound(p, f.start)} AND ${bound(p, f.end)}` : bound(p, f.start)
  return words(f.unit, range, clause('EXCLUDE', f.exclude))
}
function bound(p: Printer, b: FrameBound): string {
  if (b.bound === 'WITH GAP') return `WITH GAP ${p.operand(b.offset as Expr)}`
  return words(b.offset && p.operand(b.offset), b.bound)
}

export function aliasText(a: Alias | undefined): string | undefined {
  if (!a) return undefined
  const columns =
    a.columns.length > 0 && parens(a.columns.map((c, i) => words(ident(c), a.types[i] && type(a.types[i]))))
  return words('AS', a.name && ident(a.name), columns)
}
