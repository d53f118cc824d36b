// For tests: our definitions as libpg-query's trees, and the form in which two trees are compared.
import type { Statement } from '../ast-statement.ts'
import type { ColumnConstraint, ColumnDef, ConstraintTiming, References, TableConstraint } from '../ast-table.ts'
import { names, type Pg, pgExpr, pgType, str, strings, Unsupported } from './oracle-expr.ts'
import { pgDml, pgIndexElement, pgQuery, rangeVar } from './oracle-query.ts'

/** Throws Unsupported for what has no counterpart there or is not worth one. */
export function pgStatement(s: Statement): Pg {
  switch (s.kind) {
    case 'query':
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      return pgDml(s)
    case 'createTable': {
      if (
        s.word !== 'TABLE' ||
        s.transport ||
        s.fromSource ||
        s.format ||
        s.partitionBy ||
        s.partitionOf ||
        s.with.length > 0
      )
        throw new Unsupported('table')
      const relation = {
        ...rangeVar(s.name),
        relpersistence: s.persistence === 'TEMPORARY' ? 't' : s.persistence ? 'u' : 'p',
      }
      if (s.as) {
        const colNames = s.elements.map((e) => (e.kind === 'column' ? str(e.name.name) : {}))
        return {
          CreateTableAsStmt: {
            query: pgQuery(s.as),
            into: { rel: relation, colNames, onCommit: 'ONCOMMIT_NOOP', skipData: s.withData === false },
            objtype: 'OBJECT_TABLE',
            if_not_exists: s.ifNotExists,
          },
        }
      }
      const tableElts = s.elements.map((e): Pg => {
        if (e.kind === 'column') return { ColumnDef: columnDef(e) }
        if (e.kind.startsWith('table') || e.kind === 'foreignKey')
          return { Constraint: tableConstraint(e as TableConstraint) }
        throw new Unsupported(e.kind)
      })
      return {
        CreateStmt: {
          relation,
          tableElts,
          inhRelations: s.inherits.map((n) => ({ RangeVar: rangeVar(n) })),
          oncommit: 'ONCOMMIT_NOOP',
          if_not_exists: s.ifNotExists,
        },
      }
    }
    case 'createView':
      if (s.recursive || s.local || s.with.length > 0) throw new Unsupported('view')
      return {
        ViewStmt: {
          view: { ...rangeVar(s.name), relpersistence: s.temporary ? 't' : 'p' },
          aliases: strings(s.columns),
          query: pgQuery(s.query),
          replace: s.orReplace,
          withCheckOption: s.check ? `${s.check}_CHECK_OPTION` : 'NO_CHECK_OPTION',
        },
      }
    case 'createMaterializedView':
      if (s.with.length > 0) throw new Unsupported('options')
      return {
        CreateTableAsStmt: {
          query: pgQuery(s.query),
          into: {
            rel: rangeVar(s.name),
            colNames: strings(s.columns),
            onCommit: 'ONCOMMIT_NOOP',
            skipData: s.withData === false,
          },
          objtype: 'OBJECT_MATVIEW',
          if_not_exists: s.ifNotExists,
        },
      }
    case 'createIndex':
      return {
        IndexStmt: {
          idxname: s.name?.name,
          relation: rangeVar(s.table, s.only),
          accessMethod: s.method?.name ?? 'btree',
          indexParams: s.elements.map(pgIndexElement),
          indexIncludingParams: s.include.map((i) => ({
            IndexElem: { name: i.name, ordering: 'SORTBY_DEFAULT', nulls_ordering: 'SORTBY_NULLS_DEFAULT' },
          })),
          whereClause: s.where && pgExpr(s.where),
          unique: s.unique,
          concurrent: s.concurrently,
          if_not_exists: s.ifNotExists,
        },
      }
    case 'createSchema':
      return {
        CreateSchemaStmt: {
          schemaname: s.name?.parts.at(-1)?.name,
          authrole: s.authorization && role(s.authorization.name),
          if_not_exists: s.ifNotExists,
        },
      }
    case 'drop': {
      const relations = ['TABLE', 'VIEW', 'MATERIALIZED VIEW', 'INDEX', 'SEQUENCE']
      const types = { 'MATERIALIZED VIEW': 'MATVIEW' } as Record<string, string>
      const objects = relations.includes(s.object)
        ? s.names.map((n) => ({ List: { items: names(n) } }))
        : s.object === 'SCHEMA'
          ? s.names.map((n) => str(n.parts[0].name))
          : undefined
      if (!objects) throw new Unsupported(s.object)
      return {
        DropStmt: {
          objects,
          removeType: `OBJECT_${types[s.object] ?? s.object}`,
          behavior: `DROP_${s.behavior ?? 'RESTRICT'}`,
          missing_ok: s.ifExists,
          concurrent: s.concurrently,
        },
      }
    }
    case 'truncate':
      return {
        TruncateStmt: {
          relations: s.tables.map((t) => ({ RangeVar: rangeVar(t.name, t.only) })),
          restart_seqs: s.identity === 'RESTART',
          behavior: `DROP_${s.behavior ?? 'RESTRICT'}`,
        },
      }
    case 'explain': {
      if (!s.statement || s.stage || s.timestamp || s.options.length > 0) throw new Unsupported('explain')
      const option = (defname: string) => ({ DefElem: { defname, defaction: 'DEFELEM_UNSPEC' } })
      return {
        ExplainStmt: {
          query: pgStatement(s.statement),
          options: [...(s.analyze ? [option('analyze')] : []), ...(s.verbose ? [option('verbose')] : [])],
        },
      }
    }
    default:
      throw new Unsupported(s.kind)
  }
}

function role(rolename: string): Pg {
  return { roletype: 'ROLESPEC_CSTRING', rolename }
}

function columnDef(c: ColumnDef): Pg {
  if (c.metadata || c.key || c.header) throw new Unsupported('column')
  return {
    colname: c.name.name,
    typeName: c.type && pgType(c.type),
    is_local: true,
    collClause: c.collation && { collname: names(c.collation) },
    constraints: c.constraints.map((x) => ({ Constraint: columnConstraint(x) })),
  }
}

const timing = (t: ConstraintTiming): Pg => ({
  deferrable: t.deferrable || t.initiallyDeferred,
  initdeferred: t.initiallyDeferred,
  is_no_inherit: t.noInherit,
})

function columnConstraint(c: ColumnConstraint): Pg {
  const common = { conname: c.name?.name, ...timing(c.timing) }
  switch (c.kind) {
    case 'notNull':
      return { ...common, contype: 'CONSTR_NOTNULL' }
    case 'nullable':
      return { ...common, contype: 'CONSTR_NULL' }
    case 'default':
      return { ...common, contype: 'CONSTR_DEFAULT', raw_expr: pgExpr(c.expr) }
    case 'primaryKey':
      return { ...common, contype: 'CONSTR_PRIMARY' }
    case 'unique':
      return { ...common, contype: 'CONSTR_UNIQUE', nulls_not_distinct: c.nullsNotDistinct }
    case 'check':
      return { ...common, contype: 'CONSTR_CHECK', raw_expr: pgExpr(c.expr) }
    case 'references':
      return { ...common, ...foreign(c), contype: 'CONSTR_FOREIGN' }
    case 'generated':
      if (c.spelling === 'as') throw new Unsupported('as')
      return {
        ...common,
        contype: 'CONSTR_GENERATED',
        generated_when: 'a',
        raw_expr: pgExpr(c.expr),
        generated_kind: c.storage === 'STORED' ? 's' : 'v',
      }
    default:
      throw new Unsupported(c.kind)
  }
}

function foreign(r: References): Pg {
  const letter = (a: References['onDelete']) =>
    ({ 'NO ACTION': 'a', RESTRICT: 'r', CASCADE: 'c', 'SET NULL': 'n', 'SET DEFAULT': 'd' })[a?.action ?? 'NO ACTION']
  return {
    pktable: rangeVar(r.table),
    pk_attrs: strings(r.columns),
    fk_matchtype: { FULL: 'f', PARTIAL: 'p', SIMPLE: 's' }[r.match ?? 'SIMPLE'],
    fk_upd_action: letter(r.onUpdate),
    fk_del_action: letter(r.onDelete),
    fk_del_set_cols: strings(r.onDelete?.columns ?? []),
  }
}

function tableConstraint(c: TableConstraint): Pg {
  const common = { conname: c.name?.name, ...timing(c.timing) }
  switch (c.kind) {
    case 'tablePrimaryKey':
      return { ...common, contype: 'CONSTR_PRIMARY', keys: strings(c.columns), including: strings(c.include) }
    case 'tableUnique':
      return {
        ...common,
        contype: 'CONSTR_UNIQUE',
        keys: strings(c.columns),
        including: strings(c.include),
        nulls_not_distinct: c.nullsNotDistinct,
      }
    case 'tableCheck':
      return { ...common, contype: 'CONSTR_CHECK', raw_expr: pgExpr(c.expr) }
    case 'foreignKey':
      return { ...common, ...foreign(c), contype: 'CONSTR_FOREIGN', fk_attrs: strings(c.from) }
  }
}

/** Keys that tell where, or that PostgreSQL sets from other keys. */
const ignored = /location|stmt_len|^rexpr_list|^is_enforced$|^initially_valid$|^skip_validation$|_start$|_end$/
const defaults = new Set<unknown>([
  undefined,
  false,
  '',
  0,
  'SETOP_NONE',
  'LIMIT_OPTION_DEFAULT',
  'LIMIT_OPTION_COUNT',
  'COERCE_UNUSED',
])
/** Type names of neighbouring dialects that we read as PostgreSQL's. */
const typeAliases: Record<string, string> = {
  string: 'text',
  bytes: 'bytea',
  double: 'float8',
  timestamp_ltz: 'timestamptz',
  varbinary: 'bytea',
  tinyint: 'int2',
}

/** Drops places and defaults; one form for what the trees write in two ways. */
export function canonical(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((v) => canonical(v) ?? {})
  if (typeof value !== 'object' || value === null) return defaults.has(value) ? undefined : value
  const out: Pg = {}
  for (const [k, v] of Object.entries(value)) {
    if (ignored.test(k)) continue
    const inner = k === 'names' && 'typemod' in value ? typeNames(v as Pg[]) : canonical(v, k)
    if (inner !== undefined) out[k] = inner
  }
  const nested = (out.A_Indirection as Pg | undefined)?.arg as Pg | undefined
  if (nested?.A_Indirection) {
    const outer = out.A_Indirection as { indirection: Pg[] }
    const inside = nested.A_Indirection as { arg: Pg; indirection: Pg[] }
    return { A_Indirection: { arg: inside.arg, indirection: [...inside.indirection, ...outer.indirection] } }
  }
  return Object.keys(out).length === 0 && key !== '' && !emptyNodes.has(key) ? undefined : out
}
const emptyNodes = new Set(['A_Star', 'SetToDefault', 'ival', 'sval', 'boolval', 'String', 'infer'])

function typeNames(list: Pg[]): unknown {
  const parts = list
    .map((n) => (n.String as { sval: string }).sval)
    .filter((n, i) => !(i === 0 && n === 'pg_catalog' && list.length > 1))
  return parts.length === 1 ? [typeAliases[parts[0]] ?? parts[0]] : parts
}
