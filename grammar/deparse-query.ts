// Queries and data changes as text.
import type {
  Assignment,
  AssignTarget,
  Cte,
  Delete,
  Expr,
  FromItem,
  GroupItem,
  IndexElement,
  Insert,
  Join,
  Merge,
  MergeWhen,
  Query,
  QueryBody,
  Select,
  Target,
  Update,
  With,
} from './ast.ts'
import {
  clause,
  commas,
  full,
  ident,
  idents,
  options,
  type Printer,
  parens,
  quote,
  type,
  words,
} from './deparse-base.ts'
import { aliasText, orderText, windowText } from './deparse-expr.ts'

export function queryText(p: Printer, q: Query): string {
  return words(
    q.with && withText(p, q.with),
    bodyText(p, q.body, true),
    orderText(p, q.orderBy),
    q.limit && !q.withTies && `LIMIT ${q.limit.kind === 'null' ? 'ALL' : p.operand(q.limit)}`,
    q.offset && `OFFSET ${p.operand(q.offset)}`,
    q.limit && q.withTies && `FETCH FIRST (${p.expr(q.limit)}) ROWS WITH TIES`,
    ...q.locking.map((l) => words(`FOR ${l.strength}`, clause('OF', commas(l.of.map(full))), l.wait)),
    q.emit && `EMIT ${q.emit.mode}${q.emit.every ? ` ${p.expr(q.emit.every)}` : ''}`,
    q.lateness && `ALLOWED LATENESS ${p.expr(q.lateness)}`,
    q.asOf && `AS OF ${q.asOf.atLeast ? 'AT LEAST ' : ''}${p.operand(q.asOf.at)}`,
    q.options.length > 0 && `OPTIONS ${options(q.options)}`,
  )
}

function bodyText(p: Printer, b: QueryBody, top: boolean): string {
  switch (b.kind) {
    case 'query':
      return `(${p.query(b)})`
    case 'select':
      return p.select(b)
    case 'values':
      return `VALUES ${commas(b.rows.map((row) => parens(row.map(p.expr))))}`
    case 'tableBody':
      return words('TABLE', b.only && 'ONLY', full(b.name))
    case 'setOperation': {
      const corresponding =
        b.corresponding && words('CORRESPONDING', b.corresponding.length > 0 && `BY (${idents(b.corresponding)})`)
      const text = words(bodyText(p, b.left, false), b.op, b.all && 'ALL', corresponding, bodyText(p, b.right, false))
      return top ? text : `(${text})`
    }
  }
}

export function selectText(p: Printer, s: Select): string {
  const distinct =
    s.distinct && (s.distinct === 'DISTINCT' ? 'DISTINCT' : `DISTINCT ON ${parens(s.distinct.on.map(p.expr))}`)
  const w = s.streamWindow
  return words(
    'SELECT',
    s.stateTtl && `/*+ STATE_TTL(${commas(s.stateTtl.map((h) => `${quote(h.relation)} = ${quote(h.ttl)}`))}) */`,
    distinct,
    targets(p, s.targets),
    s.from.length > 0 && `FROM ${commas(s.from.map((f) => fromText(p, f)))}`,
    w &&
      `WINDOW ${w.type} (${commas(
        [
          `SIZE ${bare(w.size)}`,
          w.advance && `ADVANCE BY ${bare(w.advance)}`,
          w.retention && `RETENTION ${bare(w.retention)}`,
          w.grace && `GRACE PERIOD ${bare(w.grace)}`,
          w.timeZone && `TIME ZONE ${p.expr(w.timeZone)}`,
        ].filter((x) => typeof x === 'string'),
      )})`,
    s.where && `WHERE ${p.expr(s.where)}`,
    (s.groupBy.length > 0 || s.groupAll) &&
      words(
        'GROUP BY',
        s.groupDistinct && 'DISTINCT',
        s.groupAll && 'ALL',
        commas(s.groupBy.map((item) => groupText(p, item))),
      ),
    s.having && `HAVING ${p.expr(s.having)}`,
    s.windows.length > 0 && `WINDOW ${commas(s.windows.map((n) => `${ident(n.name)} AS ${windowText(p, n.spec)}`))}`,
    s.qualify && `QUALIFY ${p.expr(s.qualify)}`,
  )
}
/** `10 MINUTE`: an interval without its word. */
function bare(e: import('./ast.ts').Expr): string {
  return e.kind === 'interval' ? `${e.value} ${e.fields}` : ''
}

export function targets(p: Printer, list: Target[]): string {
  return commas(list.map((t) => words(p.expr(t.expr), t.alias && `AS ${ident(t.alias)}`)))
}

function groupText(p: Printer, g: GroupItem): string {
  switch (g.kind) {
    case 'groupExpr':
      return p.operand(g.expr)
    case 'emptyGroup':
      return '()'
    case 'groupingSets':
      return `GROUPING SETS ${parens(g.sets.map((s) => groupText(p, s)))}`
    default:
      return `${g.kind.toUpperCase()} ${parens(g.items.map(p.expr))}`
  }
}

function fromText(p: Printer, f: FromItem): string {
  switch (f.kind) {
    case 'table':
      return words(
        f.only && 'ONLY',
        full(f.name),
        aliasText(f.alias),
        f.systemTime && `FOR SYSTEM_TIME AS OF ${p.operand(f.systemTime)}`,
        f.sample && `TABLESAMPLE ${full(f.sample.method)} ${parens(f.sample.args.map(p.expr))}`,
        f.sample?.repeatable && `REPEATABLE (${p.expr(f.sample.repeatable)})`,
      )
    case 'derived':
      return words(f.lateral && 'LATERAL', `(${p.query(f.query)})`, aliasText(f.alias))
    case 'tableFunction': {
      const calls = f.calls.map((c) => words(p.expr(c.call), aliasText(c.columns)))
      const body = f.rowsFrom ? `ROWS FROM ${parens(calls)}` : f.wrapped ? `TABLE(${calls[0]})` : calls[0]
      return words(f.lateral && 'LATERAL', body, f.ordinality && 'WITH ORDINALITY', aliasText(f.alias))
    }
    case 'join': {
      const text = joinText(p, f)
      return f.alias ? `(${text}) ${aliasText(f.alias)}` : text
    }
  }
}
function joinText(p: Printer, j: Join): string {
  const right = fromText(p, j.right)
  return words(
    fromText(p, j.left),
    j.natural && 'NATURAL',
    j.asof && 'ASOF',
    j.type !== 'INNER' && j.type,
    'JOIN',
    j.right.kind === 'join' && !j.right.alias ? `(${right})` : right,
    j.matchCondition && `MATCH_CONDITION (${p.expr(j.matchCondition)})`,
    j.within && `WITHIN ${bare(j.within)}`,
    j.on && `ON ${p.expr(j.on)}`,
    j.using && `USING (${idents(j.using)})`,
    j.usingAlias && `AS ${ident(j.usingAlias)}`,
  )
}

function withText(p: Printer, w: With): string {
  const limits = w.recursionLimits.map(
    (l) => `${l.onLimit === 'return' ? 'RETURN' : 'ERROR'} AT RECURSION LIMIT ${p.operand(l.limit)}`,
  )
  return words(
    'WITH',
    w.mode === 'recursive' && 'RECURSIVE',
    w.mode === 'mutuallyRecursive' && 'MUTUALLY RECURSIVE',
    limits.length > 0 && parens(limits),
    commas(w.ctes.map((c) => cteText(p, c))),
  )
}
function cteText(p: Printer, c: Cte): string {
  const columns =
    c.columns.length > 0 && parens(c.columns.map((x, i) => words(ident(x), c.types[i] && type(c.types[i]))))
  return words(
    ident(c.name),
    columns,
    'AS',
    c.materialized !== undefined && (c.materialized ? 'MATERIALIZED' : 'NOT MATERIALIZED'),
    `(${p.statement(c.query)})`,
    c.search && `SEARCH ${c.search.order} FIRST BY ${idents(c.search.by)} SET ${ident(c.search.set)}`,
    c.cycle &&
      words(
        `CYCLE ${idents(c.cycle.columns)} SET ${ident(c.cycle.set)}`,
        c.cycle.to && c.cycle.default && `TO ${p.operand(c.cycle.to)} DEFAULT ${p.operand(c.cycle.default)}`,
        `USING ${ident(c.cycle.using)}`,
      ),
  )
}

export function insertText(p: Printer, s: Insert): string {
  const c = s.onConflict
  const target =
    c?.target &&
    ('constraint' in c.target
      ? `ON CONSTRAINT ${ident(c.target.constraint)}`
      : words(indexElements(p, c.target.elements), c.target.where && `WHERE ${p.expr(c.target.where)}`))
  return words(
    s.with && withText(p, s.with),
    'INSERT INTO',
    full(s.table),
    s.alias && `AS ${ident(s.alias)}`,
    s.columns.length > 0 && parens(s.columns.map((t) => assignTarget(p, t))),
    s.overriding && `OVERRIDING ${s.overriding} VALUE`,
    s.source ? p.query(s.source) : 'DEFAULT VALUES',
    c && words('ON CONFLICT', target, 'DO', c.update ? 'UPDATE SET' : 'NOTHING'),
    c?.update && words(assignments(p, c.update.set), c.update.where && `WHERE ${p.expr(c.update.where)}`),
    returning(p, s.returning),
  )
}
export function indexElements(p: Printer, list: IndexElement[]): string {
  return parens(
    list.map((e) =>
      words(
        p.operand(e.expr),
        e.collation && `COLLATE ${full(e.collation)}`,
        e.opclass && full(e.opclass),
        e.direction,
        e.nulls && `NULLS ${e.nulls}`,
      ),
    ),
  )
}
function returning(p: Printer, list: Target[]): string | undefined {
  return list.length > 0 ? `RETURNING ${targets(p, list)}` : undefined
}
function assignTarget(p: Printer, t: AssignTarget): string {
  const optional = (e: Expr | undefined) => (e === undefined ? '' : p.expr(e))
  const part = (s: AssignTarget['path'][number]): string => {
    if ('field' in s) return `.${ident(s.field)}`
    return 'index' in s ? `[${p.expr(s.index)}]` : `[${optional(s.from)}:${optional(s.to)}]`
  }
  return ident(t.column) + t.path.map(part).join('')
}
function assignments(p: Printer, list: Assignment[]): string {
  return commas(
    list.map((a) => {
      const left = a.targets.map((t) => assignTarget(p, t))
      return `${a.multiple ? parens(left) : left[0]} = ${p.expr(a.value)}`
    }),
  )
}
function where(p: Printer, s: Update | Delete): string | undefined {
  if (s.whereCurrentOf) return `WHERE CURRENT OF ${ident(s.whereCurrentOf)}`
  return s.where && `WHERE ${p.expr(s.where)}`
}

export function updateText(p: Printer, s: Update): string {
  return words(
    s.with && withText(p, s.with),
    'UPDATE',
    fromText(p, s.table),
    'SET',
    assignments(p, s.set),
    s.from.length > 0 && `FROM ${commas(s.from.map((f) => fromText(p, f)))}`,
    where(p, s),
    returning(p, s.returning),
  )
}
export function deleteText(p: Printer, s: Delete): string {
  return words(
    s.with && withText(p, s.with),
    'DELETE FROM',
    fromText(p, s.table),
    s.using.length > 0 && `USING ${commas(s.using.map((f) => fromText(p, f)))}`,
    where(p, s),
    returning(p, s.returning),
  )
}
export function mergeText(p: Printer, s: Merge): string {
  return words(
    s.with && withText(p, s.with),
    'MERGE INTO',
    fromText(p, s.table),
    'USING',
    fromText(p, s.source),
    'ON',
    p.expr(s.on),
    ...s.whens.map((w) => mergeWhen(p, w)),
    returning(p, s.returning),
  )
}
function mergeWhen(p: Printer, w: MergeWhen): string {
  const a = w.action
  const action = () => {
    switch (a.do) {
      case 'nothing':
        return 'DO NOTHING'
      case 'delete':
        return 'DELETE'
      case 'update':
        return `UPDATE SET ${assignments(p, a.set)}`
      case 'insert':
        return words(
          'INSERT',
          a.columns.length > 0 && parens(a.columns.map((t) => assignTarget(p, t))),
          a.overriding && `OVERRIDING ${a.overriding} VALUE`,
          a.values ? `VALUES ${parens(a.values.map(p.expr))}` : 'DEFAULT VALUES',
        )
    }
  }
  return words('WHEN', w.match, w.condition && `AND ${p.expr(w.condition)}`, 'THEN', action())
}
