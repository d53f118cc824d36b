import type { Alter, CreateDomain, CreateType } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { TypeEntry } from '../../catalog/entry.ts'
import { findType } from '../../catalog/resolve-name.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { EnumLabel } from '../../types/user-type.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { resolveType } from '../type-name.ts'
import { canonicalSql } from './canonical.ts'
import { lastName, readsOf, schemaOf } from './create-view.ts'
import { bindRules, planAlterDomain } from './domain.ts'

/** CREATE TYPE … AS ENUM, and AS (…): a composite type. */
export function planCreateType(node: CreateType, context: PlanningContext): DdlPlan {
  handled(node, ['name', 'definition'])
  const { definition } = node
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const create = { kind: 'createType', schema: schema.id, name: lastName(node.name), ifNotExists: false } as const
  switch (definition?.as) {
    case 'enum': {
      for (const label of definition.labels) checkLabel(label)
      const twice = definition.labels.find((label, i) => definition.labels.indexOf(label) < i)
      if (twice !== undefined)
        throw bindError(
          '23505',
          'duplicate key value violates unique constraint "pg_enum_typid_label_index"',
          undefined,
          {
            detail: `The label "${twice}" is written twice.`,
          },
        )
      return { ...create, labels: definition.labels, sql: canonicalSql(st, context.sql, node.span), dependsOn: [] }
    }
    case 'composite': {
      const fields: RowType = definition.columns.map((column) => {
        handled(column, ['name', 'type', 'constraints', 'options'])
        if (!column.type) throw bindError('42601', `attribute "${column.name.name}" has no type`, column)
        return { name: column.name.name, type: resolveType(column.type, st), nullable: true }
      })
      const twice = fields.find((field, i) => fields.findIndex((f) => f.name === field.name) < i)
      if (twice !== undefined) throw bindError('42701', `column "${twice.name}" specified more than once`, undefined)
      return { ...create, fields, sql: canonicalSql(st, context.sql, node.span), dependsOn: readsOf(st) }
    }
    case 'range':
      throw notSupported('CREATE TYPE … AS RANGE', node.span)
    case 'container':
      throw notSupported(`CREATE TYPE … AS ${definition.container}`, node.span)
    case 'base':
    case undefined:
      throw notSupported('CREATE TYPE of a type of its own form', node.span, 'It may be AS ENUM or AS (…).')
  }
}

export function planCreateDomain(node: CreateDomain, context: PlanningContext): DdlPlan {
  handled(node, ['name', 'type', 'collation', 'constraints'])
  if (node.collation) throw notSupported('COLLATE of a domain', node.collation.span)
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const name = lastName(node.name)
  const base = resolveType(node.type, st)
  const rules = bindRules(st, name, base, node.constraints, context.sql)
  return {
    kind: 'createType',
    schema: schema.id,
    name,
    ifNotExists: false,
    rules,
    sql: canonicalSql(st, context.sql, node.span),
    dependsOn: readsOf(st),
  }
}

function checkLabel(label: string): void {
  if (Buffer.byteLength(label) > 63)
    throw bindError('42602', `invalid enum label "${label}"`, undefined, { detail: 'Labels must be 63 bytes or less.' })
}

/** ALTER TYPE, ALTER DOMAIN; null: there is nothing to do. */
export function planAlterType(node: Alter, context: PlanningContext): DdlPlan | null {
  handled(node, ['object', 'ifExists', 'name', 'actions'])
  const parts = node.name.parts.map((p) => p.name)
  const entry = findType(context.catalog, parts, context, node.name.span.start + 1)
  if (entry === undefined) throw bindError('42704', `type "${parts.join('.')}" does not exist`, undefined)
  if (node.actions.length > 1) throw notSupported('several actions of one ALTER', node.actions[1]!.span)
  const action = node.actions[0]!
  if (node.object === 'DOMAIN') return planAlterDomain(entry, action, context)
  switch (action.kind) {
    case 'addValue':
      return addValue(entry, action, context)
    case 'renameValue': {
      const labels = labelsOf(entry)
      checkLabel(action.to)
      const at = labels.findIndex((l) => l.label === action.from)
      if (at < 0) throw bindError('22023', `"${action.from}" is not an existing enum label`, undefined)
      if (labels.some((l) => l.label === action.to))
        throw bindError('42710', `enum label "${action.to}" already exists`, undefined)
      return {
        kind: 'alterEnum',
        object: entry.id,
        labels: labels.map((l, i) => (i === at ? { ...l, label: action.to } : l)),
        renames: true,
      }
    }
    default:
      throw notSupported(`ALTER TYPE … ${action.kind.replace(/([A-Z])/g, ' $1').toUpperCase()}`, action.span)
  }
}

function labelsOf(entry: TypeEntry): readonly EnumLabel[] {
  if (entry.labels === undefined) throw bindError('42809', `${entry.name} is not an enum`, undefined)
  return entry.labels
}

function addValue(
  entry: TypeEntry,
  action: Extract<Alter['actions'][number], { kind: 'addValue' }>,
  context: PlanningContext,
): DdlPlan | null {
  const labels = labelsOf(entry)
  checkLabel(action.value)
  if (labels.some((l) => l.label === action.value)) {
    const message = `enum label "${action.value}" already exists`
    if (!action.ifNotExists) throw bindError('42710', message, undefined)
    context.notice({ severity: 'NOTICE', sqlstate: '42710', message: `${message}, skipping` })
    return null
  }
  const beside = action.before ?? action.after
  const found = labels.findIndex((l) => l.label === beside)
  if (beside !== undefined && found < 0)
    throw bindError('22023', `"${beside}" is not an existing enum label`, undefined)
  const at = beside === undefined ? labels.length : action.before === undefined ? found + 1 : found
  const [low, high] = [labels[at - 1]?.order, labels[at]?.order]
  const order =
    low === undefined ? (high === undefined ? 1 : high - 1) : high === undefined ? low + 1 : low + (high - low) / 2
  // Each new place halves a distance: values are numbers of 53 bits.
  if (order === low || order === high)
    throw bindError('54000', `no room for another label between "${labels[at - 1]!.label}" and "${beside}"`, undefined)
  const label: EnumLabel = { oid: labelOid(entry.id, labels.length), order, label: action.value }
  return {
    kind: 'alterEnum',
    object: entry.id,
    labels: [...labels.slice(0, at), label, ...labels.slice(at)],
    renames: false,
  }
}

/** Labels are no objects of the catalog: their oids are made from their type's. */
export const labelOid = (type: number, n: number): number => 3_000_000_000 + ((type * 1000 + n) % 1_200_000_000)
