import type { Alias, Call, Expr, FromItem, OrderItem, Query, QueryBody, Select, Target } from '../../grammar/ast.ts'
import type { Ident, TypeName } from '../../grammar/ast-base.ts'
import type { Statement } from '../../grammar/ast-statement.ts'
import { flat, NotCompared, named, numberShape, operator, type Shape, typeShape, unaryShape } from './shape.ts'

/** Our tree as a shape. */
export function ourShape(s: Statement): Shape {
  switch (s.kind) {
    case 'query':
      return query(s)
    case 'insert': {
      if (s.with || s.onConflict || s.overriding || s.alias || s.returning.length > 0 || s.source === undefined)
        throw new NotCompared('clauses of INSERT')
      const columns = s.columns.map((c) => {
        if (c.path.length > 0) throw new NotCompared('INSERT into a part of a column')
        return named(c.column.name)
      })
      return ['insert', idents(s.table.parts), columns, query(s.source)]
    }
    case 'update': {
      if (s.with || s.from.length > 0 || s.returning.length > 0 || s.table.only || s.whereCurrentOf)
        throw new NotCompared('clauses of UPDATE')
      const set = s.set.map((a): Shape => {
        if (a.multiple || a.targets[0]!.path.length > 0) throw new NotCompared('SET of several')
        return [named(a.targets[0]!.column.name), expr(a.value)]
      })
      return ['update', idents(s.table.name.parts), alias(s.table.alias), set, optional(s.where)]
    }
    case 'delete':
      if (s.with || s.using.length > 0 || s.returning.length > 0 || s.table.alias || s.table.only || s.whereCurrentOf)
        throw new NotCompared('clauses of DELETE')
      return ['delete', idents(s.table.name.parts), optional(s.where)]
    default:
      throw new NotCompared(s.kind)
  }
}

const idents = (parts: readonly Ident[]): Shape => parts.map((p) => named(p.name))
const optional = (e: Expr | undefined): Shape => (e === undefined ? 'none' : expr(e))

function query(q: Query): Shape {
  if (q.emit || q.asOf || q.options.length > 0 || q.locking.length > 0 || q.withTies)
    throw new NotCompared('clauses of a query')
  const ctes = q.with?.ctes.map((cte): Shape => {
    if (cte.query.kind !== 'query' || cte.types.length > 0 || cte.materialized !== undefined || cte.search || cte.cycle)
      throw new NotCompared('WITH')
    return [named(cte.name.name), cte.columns.map((c) => named(c.name)), query(cte.query)]
  })
  if (q.with !== undefined && q.with.mode === 'mutuallyRecursive') throw new NotCompared('WITH MUTUALLY RECURSIVE')
  const order = q.orderBy.map(orderItem)
  const all = [ctes ?? [], body(q.body), order, optional(q.limit), optional(q.offset)]
  return all[0]!.length + order.length === 0 && !q.limit && !q.offset ? all[1]! : ['query', ...all]
}

function orderItem(o: OrderItem): Shape {
  if (o.using) throw new NotCompared('ORDER BY … USING')
  return [expr(o.expr), o.direction === 'DESC' ? 'desc' : 'asc', o.nulls?.toLowerCase() ?? 'default']
}

function body(b: QueryBody): Shape {
  switch (b.kind) {
    case 'select':
      return select(b)
    case 'setOperation':
      if (b.corresponding) throw new NotCompared('CORRESPONDING')
      return [`${b.op.toLowerCase()}${b.all ? ' all' : ''}`, body(b.left), body(b.right)]
    case 'values':
      return ['values', ...b.rows.map((row) => row.map(expr))]
    case 'query':
      return query(b)
    default:
      throw new NotCompared(b.kind)
  }
}

function select(s: Select): Shape {
  if (s.streamWindow || s.groupDistinct || s.groupAll || s.windows.length > 0 || s.qualify)
    throw new NotCompared('clauses of SELECT')
  if (s.distinct !== undefined && s.distinct !== 'DISTINCT') throw new NotCompared('DISTINCT ON')
  const groups = s.groupBy.map((g) => {
    if (g.kind !== 'groupExpr') throw new NotCompared(g.kind)
    return expr(g.expr)
  })
  const [targets, from] = [s.targets.map(target), s.from.map(fromItem)]
  return ['select', s.distinct ? 'distinct' : 'all', targets, from, optional(s.where), groups, optional(s.having)]
}

const target = (t: Target): Shape => [expr(t.expr), t.alias === undefined ? 'none' : named(t.alias.name)]

function alias(a: Alias | undefined): Shape {
  if (a === undefined) return 'none'
  if (a.columns.length > 0 || a.types.length > 0 || a.name === undefined) throw new NotCompared('alias of columns')
  return named(a.name.name)
}

function fromItem(f: FromItem): Shape {
  switch (f.kind) {
    case 'table':
      if (f.only || f.sample || f.systemTime) throw new NotCompared('clauses of a table')
      return ['table', idents(f.name.parts), alias(f.alias)]
    case 'derived':
      if (f.lateral) throw new NotCompared('LATERAL')
      return ['derived', query(f.query), alias(f.alias)]
    case 'join': {
      if (f.asof || f.within || f.alias || f.usingAlias) throw new NotCompared('a join of its own kind')
      const using = f.using?.map((c) => named(c.name)) ?? []
      const kind = `${f.natural ? 'natural ' : ''}${f.type.toLowerCase()}`
      return ['join', kind, fromItem(f.left), fromItem(f.right), optional(f.on), using]
    }
    default:
      throw new NotCompared(f.kind)
  }
}

const not = (negated: boolean): string => (negated ? 'not' : '')

function expr(e: Expr): Shape {
  switch (e.kind) {
    case 'column':
      return ['column', ...(idents(e.parts) as Shape[])]
    case 'star':
      if (e.except.length > 0) throw new NotCompared('EXCEPT')
      return ['star', ...(idents(e.qualifier) as Shape[])]
    case 'number':
      return numberShape(e.text)
    case 'string':
      return ['text', e.value]
    case 'typedLiteral':
      return ['cast', ['text', e.value], typeName(e.type)]
    case 'interval':
      if (e.fields !== undefined || e.precision !== undefined) throw new NotCompared('fields of an interval')
      return ['interval', e.value]
    case 'array':
      return ['array', ...e.elements.map(expr)]
    case 'null':
      return 'null'
    case 'boolean':
      return String(e.value)
    case 'unary':
      if (e.schema) throw new NotCompared('OPERATOR')
      return unaryShape(e.op, expr(e.operand))
    case 'binary':
      if (e.schema) throw new NotCompared('OPERATOR')
      return [operator(e.op), expr(e.left), expr(e.right)]
    case 'and':
    case 'or':
      return flat(e.kind, e.args.map(expr))
    case 'not':
      return ['not', expr(e.operand)]
    case 'is':
      return [`is ${e.negated ? 'not ' : ''}${e.test.toLowerCase()}`, expr(e.operand)]
    case 'between':
      if (e.symmetric) throw new NotCompared('SYMMETRIC')
      return [`between${not(e.negated)}`, expr(e.operand), expr(e.low), expr(e.high)]
    case 'inList':
      return [`in${not(e.negated)}`, expr(e.operand), ...e.list.map(expr)]
    case 'inSubquery':
      return [`in${not(e.negated)}`, expr(e.operand), query(e.query)]
    case 'like':
      if (e.escape) throw new NotCompared('ESCAPE')
      return [`${e.op.toLowerCase()}${not(e.negated)}`, expr(e.operand), expr(e.pattern)]
    case 'case': {
      const whens = e.whens.map((w): Shape => [expr(w.when), expr(w.then)])
      return ['case', optional(e.operand), whens, optional(e.else)]
    }
    case 'cast':
      if (e.try) throw new NotCompared('TRY_CAST')
      return ['cast', expr(e.operand), typeName(e.type)]
    case 'call':
      return call(e)
    case 'coalesce':
    case 'greatest':
    case 'least':
      return ['call', e.kind, e.args.map(expr)]
    case 'nullif':
      return ['call', e.kind, [expr(e.left), expr(e.right)]]
    case 'subquery':
      return query(e.query)
    case 'exists':
      return ['exists', query(e.query)]
    default:
      throw new NotCompared(e.kind)
  }
}

function call(e: Call): Shape {
  if (e.all || e.orderBy.length > 0 || e.withinGroup || e.nulls || e.over || e.filter)
    throw new NotCompared('clauses of a call')
  const args = e.args.map((arg) => {
    if (arg.name || arg.variadic) throw new NotCompared('an argument of its own kind')
    return expr(arg.value)
  })
  if (e.name.parts.length !== 1) throw new NotCompared('a function with a schema')
  return ['call', named(e.name.parts[0]!.name), e.star ? [['star']] : args, ...(e.distinct ? ['distinct'] : [])]
}

function typeName(t: TypeName): Shape {
  if (t.arrayDims.length > 0 || t.setof || t.intervalFields || t.percentType || t.fields || t.args)
    throw new NotCompared('a type of its own kind')
  return typeShape(t.parts.map((p) => p.name).join('.'), t.typmods)
}
