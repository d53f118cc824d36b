// For tests: our queries and data changes as libpg-query's trees.
import type {
  Assignment,
  AssignTarget,
  Cte,
  Delete,
  FromItem,
  GroupItem,
  IndexElement,
  Insert,
  Merge,
  Query,
  QueryBody,
  Select,
  TableItem,
  Target,
  Update,
  With,
} from '../ast.ts'
import type { Name } from '../ast-base.ts'
import {
  jsonConverters,
  type Pg,
  pgAlias,
  pgExpr,
  pgExprs,
  pgOrder,
  pgType,
  pgWindow,
  str,
  strings,
  Unsupported,
  useQueries,
} from './oracle-expr.ts'
import { pgJsonTable } from './oracle-json.ts'

export function pgQuery(q: Query): Pg {
  if (q.emit || q.asOf || q.options.length > 0) throw new Unsupported('streaming clause')
  const stmt = (pgBody(q.body) as { SelectStmt: Pg }).SelectStmt
  return {
    SelectStmt: {
      ...stmt,
      ...(q.with && { withClause: pgWith(q.with) }),
      ...(q.orderBy.length > 0 && { sortClause: q.orderBy.map(pgOrder) }),
      ...(q.limit && { limitCount: pgExpr(q.limit) }),
      ...(q.withTies && { limitOption: 'LIMIT_OPTION_WITH_TIES' }),
      ...(q.offset && { limitOffset: pgExpr(q.offset) }),
      ...(q.locking.length > 0 && {
        lockingClause: q.locking.map((l) => ({
          LockingClause: {
            lockedRels: l.of.map((n) => ({ RangeVar: rangeVar(n) })),
            strength: {
              UPDATE: 'LCS_FORUPDATE',
              'NO KEY UPDATE': 'LCS_FORNOKEYUPDATE',
              SHARE: 'LCS_FORSHARE',
              'KEY SHARE': 'LCS_FORKEYSHARE',
            }[l.strength],
            waitPolicy: l.wait === 'NOWAIT' ? 'LockWaitError' : l.wait ? 'LockWaitSkip' : 'LockWaitBlock',
          },
        })),
      }),
    },
  }
}

useQueries(pgQuery)

function pgBody(b: QueryBody): Pg {
  switch (b.kind) {
    case 'query':
      return pgQuery(b)
    case 'select':
      return { SelectStmt: select(b) }
    case 'values':
      return { SelectStmt: { valuesLists: b.rows.map((row) => ({ List: { items: pgExprs(row) } })) } }
    case 'tableBody': {
      const star = { ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } }
      return { SelectStmt: { targetList: [star], fromClause: [{ RangeVar: rangeVar(b.name, b.only) }] } }
    }
    case 'setOperation': {
      if (b.corresponding) throw new Unsupported('corresponding')
      const side = (x: QueryBody) => (pgBody(x) as { SelectStmt: Pg }).SelectStmt
      return { SelectStmt: { op: `SETOP_${b.op}`, all: b.all, larg: side(b.left), rarg: side(b.right) } }
    }
  }
}

function select(s: Select): Pg {
  if (s.qualify || s.streamWindow) throw new Unsupported('qualify')
  return {
    distinctClause: s.distinct === 'DISTINCT' ? [{}] : s.distinct && pgExprs(s.distinct.on),
    targetList: targets(s.targets),
    fromClause: s.from.map(fromItem),
    whereClause: s.where && pgExpr(s.where),
    groupClause: s.groupBy.map(groupItem),
    groupDistinct: s.groupDistinct,
    havingClause: s.having && pgExpr(s.having),
    windowClause: s.windows.map((w) => ({ WindowDef: { ...pgWindow(w.spec), name: w.name.name } })),
  }
}

function targets(list: Target[]): Pg[] {
  return list.map((t) => ({ ResTarget: { name: t.alias?.name, val: pgExpr(t.expr) } }))
}

function groupItem(item: GroupItem): Pg {
  switch (item.kind) {
    case 'groupExpr':
      return pgExpr(item.expr)
    case 'emptyGroup':
      return { GroupingSet: { kind: 'GROUPING_SET_EMPTY' } }
    case 'groupingSets':
      return { GroupingSet: { kind: 'GROUPING_SET_SETS', content: item.sets.map(groupItem) } }
    default:
      return { GroupingSet: { kind: `GROUPING_SET_${item.kind.toUpperCase()}`, content: pgExprs(item.items) } }
  }
}

export function rangeVar(name: Name, only?: boolean): Pg {
  const parts = name.parts.map((p) => p.name)
  return { relname: parts.at(-1), schemaname: parts.at(-2), catalogname: parts.at(-3), inh: !only, relpersistence: 'p' }
}

function fromItem(f: FromItem): Pg {
  switch (f.kind) {
    case 'table': {
      if (f.systemTime) throw new Unsupported('system time')
      const relation = { RangeVar: { ...rangeVar(f.name, f.only), alias: pgAlias(f.alias) } }
      if (!f.sample) return relation
      return {
        RangeTableSample: {
          relation,
          method: strings(f.sample.method.parts),
          args: pgExprs(f.sample.args),
          repeatable: f.sample.repeatable && pgExpr(f.sample.repeatable),
        },
      }
    }
    case 'derived':
      return { RangeSubselect: { lateral: f.lateral, subquery: pgQuery(f.query), alias: pgAlias(f.alias) } }
    case 'tableFunction': {
      if (f.wrapped) throw new Unsupported('TABLE()')
      const [only] = f.calls
      if (!f.rowsFrom && only.call.kind === 'jsonTable') {
        return { JsonTable: { ...pgJsonTable(only.call, jsonConverters), lateral: f.lateral, alias: pgAlias(f.alias) } }
      }
      const columns = (a: typeof f.alias) =>
        a?.types.map((t, i) => ({ ColumnDef: { colname: a.columns[i].name, typeName: pgType(t), is_local: true } })) ??
        []
      return {
        RangeFunction: {
          lateral: f.lateral,
          ordinality: f.ordinality,
          is_rowsfrom: f.rowsFrom,
          functions: f.calls.map((c) => ({
            List: { items: [pgExpr(c.call), c.columns ? { List: { items: columns(c.columns) } } : {}] },
          })),
          alias: pgAlias(f.alias),
          coldeflist: columns(f.alias),
        },
      }
    }
    case 'join':
      if (f.asof || f.matchCondition || f.within) throw new Unsupported('asof')
      return {
        JoinExpr: {
          jointype: f.type === 'CROSS' ? 'JOIN_INNER' : `JOIN_${f.type}`,
          isNatural: f.natural,
          larg: fromItem(f.left),
          rarg: fromItem(f.right),
          usingClause: f.using && strings(f.using),
          join_using_alias: f.usingAlias && { aliasname: f.usingAlias.name },
          quals: f.on && pgExpr(f.on),
          alias: pgAlias(f.alias),
        },
      }
  }
}

function pgWith(w: With): Pg {
  if (w.mode === 'mutuallyRecursive') throw new Unsupported('mutually recursive')
  return { recursive: w.mode === 'recursive', ctes: w.ctes.map((c) => ({ CommonTableExpr: cte(c) })) }
}
function cte(c: Cte): Pg {
  const materialized = c.materialized === undefined ? 'Default' : c.materialized ? 'Always' : 'Never'
  return {
    ctename: c.name.name,
    aliascolnames: strings(c.columns),
    ctematerialized: `CTEMaterialize${materialized}`,
    ctequery: pgDml(c.query),
    search_clause: c.search && {
      search_col_list: strings(c.search.by),
      search_breadth_first: c.search.order === 'BREADTH',
      search_seq_column: c.search.set.name,
    },
    cycle_clause: c.cycle && {
      cycle_col_list: strings(c.cycle.columns),
      cycle_mark_column: c.cycle.set.name,
      cycle_mark_value: c.cycle.to ? pgExpr(c.cycle.to) : { A_Const: { boolval: { boolval: true } } },
      cycle_mark_default: c.cycle.default ? pgExpr(c.cycle.default) : { A_Const: { boolval: {} } },
      cycle_path_column: c.cycle.using.name,
    },
  }
}

export function pgDml(s: Query | Insert | Update | Delete | Merge): Pg {
  switch (s.kind) {
    case 'query':
      return pgQuery(s)
    case 'insert':
      return {
        InsertStmt: {
          relation: { ...rangeVar(s.table), alias: s.alias && { aliasname: s.alias.name } },
          cols: s.columns.map((c) => ({ ResTarget: target(c) })),
          selectStmt: s.source && pgQuery(s.source),
          withClause: s.with && pgWith(s.with),
          returningClause: returning(s.returning),
          override: s.overriding ? `OVERRIDING_${s.overriding}_VALUE` : 'OVERRIDING_NOT_SET',
          onConflictClause: conflict(s),
        },
      }
    case 'update':
      return {
        UpdateStmt: {
          relation: relation(s.table),
          targetList: s.set.flatMap(assignment),
          fromClause: s.from.map(fromItem),
          whereClause: where(s),
          withClause: s.with && pgWith(s.with),
          returningClause: returning(s.returning),
        },
      }
    case 'delete':
      return {
        DeleteStmt: {
          relation: relation(s.table),
          usingClause: s.using.map(fromItem),
          whereClause: where(s),
          withClause: s.with && pgWith(s.with),
          returningClause: returning(s.returning),
        },
      }
    case 'merge':
      throw new Unsupported('merge')
  }
}

function relation(t: TableItem): Pg {
  return { ...rangeVar(t.name, t.only), alias: pgAlias(t.alias) }
}
function where(s: Update | Delete): Pg | undefined {
  if (s.whereCurrentOf) return { CurrentOfExpr: { cursor_name: s.whereCurrentOf.name } }
  return s.where && pgExpr(s.where)
}
function returning(list: Target[]): Pg | undefined {
  return list.length > 0 ? { exprs: targets(list) } : undefined
}
function target(t: AssignTarget): Pg {
  return {
    name: t.column.name,
    indirection: t.path.map((p) => {
      if ('field' in p) return str(p.field.name)
      if ('index' in p) return { A_Indices: { uidx: pgExpr(p.index) } }
      return { A_Indices: { is_slice: true, lidx: p.from && pgExpr(p.from), uidx: p.to && pgExpr(p.to) } }
    }),
  }
}
function assignment(a: Assignment): Pg[] {
  if (!a.multiple) return [{ ResTarget: { ...target(a.targets[0]), val: pgExpr(a.value) } }]
  const source = pgExpr(a.value)
  return a.targets.map((t, i) => ({
    ResTarget: { ...target(t), val: { MultiAssignRef: { source, colno: i + 1, ncolumns: a.targets.length } } },
  }))
}
function conflict(s: Insert): Pg | undefined {
  const c = s.onConflict
  if (!c) return undefined
  return {
    action: c.update ? 'ONCONFLICT_UPDATE' : 'ONCONFLICT_NOTHING',
    infer:
      c.target &&
      ('constraint' in c.target
        ? { conname: c.target.constraint.name }
        : { indexElems: c.target.elements.map(pgIndexElement), whereClause: c.target.where && pgExpr(c.target.where) }),
    targetList: c.update?.set.flatMap(assignment),
    whereClause: c.update?.where && pgExpr(c.update.where),
  }
}
export function pgIndexElement(e: IndexElement): Pg {
  const column = e.expr.kind === 'column' && e.expr.parts.length === 1 ? e.expr.parts[0].name : undefined
  return {
    IndexElem: {
      name: column,
      expr: column === undefined ? pgExpr(e.expr) : undefined,
      collation: e.collation && strings(e.collation.parts),
      opclass: e.opclass && strings(e.opclass.parts),
      ordering: `SORTBY_${e.direction ?? 'DEFAULT'}`,
      nulls_ordering: `SORTBY_NULLS_${e.nulls ?? 'DEFAULT'}`,
    },
  }
}
