import type { Expr } from '../../../grammar/ast.ts'
import type { ColumnConstraint, ColumnDef, TableElement } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { ColumnPlan } from '../../plan/ddl.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { holdsDomain } from '../../types/user-types.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { resolveType, serialType } from '../type-name.ts'
import { typeText } from '../type-text.ts'
import { bindDefaultClause } from './default-clause.ts'
import { storedExpression } from './generated.ts'
import { bindSequence } from './sequence.ts'

/** The parentheses of CREATE TABLE and CREATE SOURCE. */
export interface Columns {
  readonly columns: readonly ColumnPlan[]
  readonly primaryKey: readonly number[] | null
  readonly primaryKeyName?: string
  /** Flink's `c INT METADATA FROM 'partition'`, ksqlDB's `HEADERS`: column number → what it holds. */
  readonly metadata: readonly { readonly column: number; readonly what: string; readonly at: Place }[]
  /** Flink's `p AS PROCTIME()`, RisingWave's `p timestamptz AS PROCTIME()`: columns that are made where the relation is read. */
  readonly arrivals: readonly string[]
  /** Flink's `c AS expr`: likewise. */
  readonly computed: readonly {
    readonly name: string
    readonly expr: Expr
    readonly type: SqlType | null
    readonly at: Place
  }[]
  /** ksqlDB's `k INT KEY`. */
  readonly keys: readonly number[]
  /** RisingWave's `*`: all columns that a schema registry knows. */
  readonly all: boolean
  /** PRIMARY KEY by columns that nobody declared: those of a schema registry, or INCLUDE's. */
  readonly laterKey: readonly string[] | null
}

/** `own`: of a table that only statements fill. The constraints of one that is fed would be its feed's business. */
export function bindColumns(
  st: Statement,
  table: string,
  elements: readonly TableElement[],
  sql: string,
  own = false,
): Columns {
  const columns: ColumnPlan[] = []
  const metadata: { column: number; what: string; at: Place }[] = []
  const keys: number[] = []
  const arrivals: string[] = []
  const made: Columns['computed'][number][] = []
  let primaryKey: number[] | null = null
  let keyName: string | undefined
  let laterKey: readonly string[] | null = null
  const all = elements.some((element) => element.kind === 'allColumns')
  const setKey = (key: number[], at: Place): void => {
    if (primaryKey) throw bindError('42P16', `multiple primary keys for table "${table}" are not allowed`, at)
    const twice = key.find((c, i) => key.indexOf(c) < i)
    if (twice !== undefined) {
      throw bindError('42701', `column "${columns[twice].name}" appears twice in primary key constraint`, at)
    }
    primaryKey = key
  }
  for (const element of elements) {
    if (element.kind !== 'column') continue
    const computed = own && storedExpression(element) !== undefined ? undefined : computedBy(element)
    if (computed !== undefined) {
      if (isProctime(computed.expr)) arrivals.push(arrivalColumn(element, computed))
      else made.push(computedColumn(element, computed))
      continue
    }
    const number = columns.length
    const bound = bindColumn(st, table, element, sql, own)
    if (columns.some((c) => c.name === bound.plan.name)) {
      throw bindError('42701', `column "${bound.plan.name}" specified more than once`, element)
    }
    columns.push(bound.plan)
    if (bound.primaryKey) {
      setKey([number], bound.primaryKey)
      keyName = element.constraints.find((c) => c.kind === 'primaryKey')?.name?.name
    }
    if (element.key) keys.push(number)
    if (element.metadata)
      metadata.push({ column: number, what: element.metadata.from ?? element.name.name, at: element })
  }
  const behind = [...made.map((c) => c.name), ...arrivals]
  const twice = behind.find((name, i) => behind.indexOf(name) < i || columns.some((c) => c.name === name))
  if (twice !== undefined) throw bindError('42701', `column "${twice}" specified more than once`, elements[0])
  for (const element of elements) {
    switch (element.kind) {
      case 'column':
        break
      case 'tablePrimaryKey': {
        handled(element, ['columns', 'timing', 'name'])
        keyName = element.name?.name
        checkTiming(element.timing, element)
        if (all || !elements.some((each) => each.kind === 'column')) {
          laterKey = element.columns.map((c) => c.name)
          break
        }
        setKey(
          element.columns.map((c) => columnNumber(columns, c.name, element)),
          element,
        )
        break
      }
      case 'watermarkFor':
        // Bound with the whole row, metadata columns included (watermark.ts).
        break
      case 'likeTable':
        throw notSupported('LIKE', element.span)
      case 'allColumns':
        if (columns.length > 0) throw notSupported('* beside other columns', element.span)
        break
      case 'tableUnique':
        if (!own) throw notSupported('UNIQUE', element.span)
        break
      case 'tableCheck':
        if (!own) throw notSupported('CHECK', element.span)
        break
      case 'foreignKey':
        if (!own) throw notSupported('FOREIGN KEY', element.span)
    }
  }
  const key: readonly number[] | null = primaryKey
  // A primary key makes its columns NOT NULL.
  const final = columns.map((c, i) => ((key as readonly number[] | null)?.includes(i) ? { ...c, notNull: true } : c))
  const named = keyName === undefined ? {} : { primaryKeyName: keyName }
  return { columns: final, primaryKey: key, ...named, metadata, arrivals, computed: made, keys, all, laterKey }
}

type Computed = Extract<ColumnConstraint, { kind: 'generated' }>

const computedBy = (node: ColumnDef): Computed | undefined => node.constraints.find((c) => c.kind === 'generated')

const isProctime = (expr: Expr): expr is Extract<Expr, { kind: 'call' }> =>
  expr.kind === 'call' && expr.args.length === 0 && expr.name.parts.map((p) => p.name).join('.') === 'proctime'

function computedColumn(node: ColumnDef, computed: Computed): Columns['computed'][number] {
  if (computed.spelling !== 'as' || node.constraints.length > 1) {
    throw notSupported('a generated column', node.span, 'It may be c AS expression, or a column of a view.')
  }
  handled(node, ['name', 'type', 'constraints'])
  handled(computed, ['expr', 'spelling', 'timing'])
  return { name: node.name.name, expr: computed.expr, type: node.type ? resolveType(node.type) : null, at: node }
}

/** The name of a column that is the time of arrival. */
function arrivalColumn(node: ColumnDef, computed: Computed): string {
  const { expr } = computed
  if (node.constraints.length > 1) throw notSupported('a computed column with a constraint', node.span)
  handled(node, ['name', 'type', 'constraints'])
  handled(computed, ['expr', 'spelling', 'timing'])
  if (expr.kind === 'call') handled(expr, ['name', 'args'])
  const type = node.type && resolveType(node.type)
  if (type && type.kind !== 'timestamptz') throw notSupported(`PROCTIME() as ${typeText(type)}`, node.type?.span)
  return node.name.name
}

function columnNumber(columns: readonly ColumnPlan[], name: string, at: Place): number {
  const found = columns.findIndex((c) => c.name === name)
  if (found < 0) throw bindError('42703', `column "${name}" named in key does not exist`, at)
  return found
}

/** Bound with the whole row: checks.ts, uniques.ts, generated.ts, foreign-keys.ts. */
const LATER: ReadonlySet<ColumnConstraint['kind']> = new Set(['check', 'unique', 'generated', 'references'])

function bindColumn(
  st: Statement,
  table: string,
  node: ColumnDef,
  sql: string,
  own: boolean,
): { plan: ColumnPlan; primaryKey: Place | null } {
  handled(node, ['name', 'type', 'constraints', 'metadata', 'key', 'options'])
  if (node.options.length > 0) throw notSupported('options of a column', node.span)
  if (!node.type) {
    throw bindError('42601', `column "${node.name.name}" has no type`, node)
  }
  const serial = own ? serialType(node.type) : undefined
  const type: SqlType = serial === undefined ? resolveType(node.type, st) : { kind: serial }
  // Records are decoded where no catalog is.
  if (!own && holdsDomain(type))
    throw notSupported('a domain as the type of a column that a source fills', node.type.span)
  if (node.metadata) handled({ ...node.metadata, kind: 'metadata', span: node.span }, ['from', 'virtual'])
  let notNull = serial !== undefined
  let nullable = false
  let sequence = serial === undefined ? undefined : bindSequence([], null, serial).spec
  let read: number | undefined
  let identity: ColumnPlan['identity']
  let primaryKey: Place | null = null
  let defaultSql: string | null = null
  const twice = (what: string, at: Place) =>
    bindError('42601', `${what} for column "${node.name.name}" of table "${table}"`, at)
  const conflict = (at: Place) =>
    bindError('42601', `conflicting NULL/NOT NULL declarations for column "${node.name.name}" of table "${table}"`, at)
  for (const constraint of node.constraints) {
    if (own && LATER.has(constraint.kind)) continue
    checkTiming(constraint.timing, constraint)
    switch (constraint.kind) {
      case 'notNull':
        if (nullable) throw conflict(constraint)
        notNull = true
        break
      case 'nullable':
        if (notNull) throw conflict(constraint)
        nullable = true
        break
      case 'primaryKey':
        handled(constraint, ['timing', 'name'])
        primaryKey = constraint
        break
      case 'identity': {
        if (!own) throw notSupported(REFUSED.identity, constraint.span)
        handled(constraint, ['timing', 'name', 'when', 'options'])
        if (identity !== undefined) throw twice('multiple identity specifications', constraint)
        if (defaultSql !== null || sequence !== undefined)
          throw twice('both default and identity specified', constraint)
        if (nullable) throw conflict(constraint)
        if (type.kind !== 'int2' && type.kind !== 'int4' && type.kind !== 'int8')
          throw bindError('22023', 'identity column type must be smallint, integer, or bigint', undefined)
        sequence = bindSequence(constraint.options, null, type.kind).spec
        identity = constraint.when === 'ALWAYS' ? 'always' : 'byDefault'
        notNull = true
        break
      }
      case 'default': {
        if (identity !== undefined) throw twice('both default and identity specified', constraint)
        if (defaultSql !== null || sequence !== undefined || read !== undefined)
          throw twice('multiple default values specified', constraint)
        const clause = bindDefaultClause(st, { name: node.name.name, type }, constraint.expr, sql)
        defaultSql = clause.defaultSql
        read = clause.sequence
        break
      }
      case 'lateness':
      case 'watermark':
        break
      default:
        throw notSupported(REFUSED[constraint.kind], constraint.span)
    }
  }
  if (nullable && primaryKey) throw conflict(primaryKey)
  const generated = own ? storedExpression(node) : undefined
  if (generated !== undefined && (defaultSql !== null || sequence !== undefined || read !== undefined))
    throw twice(
      `both ${identity === undefined ? 'default' : 'identity'} and generation expression specified`,
      generated,
    )
  const from = {
    ...(read !== undefined && { sequence: read }),
    ...(sequence !== undefined && { ownSequence: sequence }),
    ...(identity !== undefined && { identity }),
  }
  return { plan: { name: node.name.name, type, notNull, defaultSql, ...from }, primaryKey }
}

const REFUSED: Readonly<
  Record<
    Exclude<ColumnConstraint['kind'], 'notNull' | 'nullable' | 'primaryKey' | 'default' | 'lateness' | 'watermark'>,
    string
  >
> = {
  generated: 'a computed column',
  identity: 'an identity column',
  unique: 'UNIQUE',
  check: 'CHECK',
  references: 'REFERENCES',
}

/** `NOT ENFORCED` is what Flink writes; a key is kept unique here in any case. */
function checkTiming(timing: ColumnConstraint['timing'], at: Place & { readonly span: { start: number } }): void {
  const { enforced: _, ...rest } = timing
  handled({ kind: 'timing', span: at.span, ...rest }, [])
}
