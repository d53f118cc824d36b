import type { Ident } from '../../../grammar/ast-base.ts'
import type { RefAction, TableConstraint, TableElement } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogSnapshot, Deferrable, ReferentialAction, TableEntry } from '../../catalog/entry.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import { isTemporary } from '../../catalog/temporary.ts'
import { uniqueIndexes } from '../../catalog/unique-key.ts'
import { findCast } from '../../functions/resolve.ts'
import type { ColumnPlan, ForeignKeyPlan } from '../../plan/ddl.ts'
import type { SqlType, TypeKind } from '../../types/sql-type.ts'
import { bindError } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { typeText } from '../type-text.ts'

export type ForeignKeyNode = Extract<TableConstraint, { kind: 'foreignKey' }>

/** A table that is referred to: one of the catalog, or the one that is being made. */
export interface Referenced {
  /** null: the one that is being made. */
  readonly id: number | null
  readonly name: string
  readonly columns: readonly ColumnPlan[]
  readonly primaryKey: readonly number[] | null
  readonly uniques: readonly (readonly number[])[]
  readonly temporary: boolean
}

/** The FOREIGN KEY constraints of a new table: those of its columns and its own, in the order in which they stand. */
export function foreignKeyNodes(elements: readonly TableElement[]): ForeignKeyNode[] {
  return elements.flatMap((element): ForeignKeyNode[] => {
    if (element.kind === 'foreignKey') return [element]
    if (element.kind !== 'column') return []
    return element.constraints.flatMap((constraint) =>
      constraint.kind === 'references' ? [{ ...constraint, kind: 'foreignKey', from: [element.name] }] : [],
    )
  })
}

/** `own`: the table that has it; where it is being made `isOwn` tells its name. */
export function bindForeignKey(
  st: Statement,
  node: ForeignKeyNode,
  own: Referenced,
  isOwn: (node: ForeignKeyNode) => boolean = () => false,
): ForeignKeyPlan {
  handled(node, ['name', 'timing', 'from', 'table', 'columns', 'match', 'onDelete', 'onUpdate'])
  if (node.match === 'PARTIAL') throw bindError('0A000', 'MATCH PARTIAL not yet implemented', node)
  const { deferrable, initiallyDeferred, enforced, notValid, noInherit } = node.timing
  if (enforced === false) throw notSupported('FOREIGN KEY … NOT ENFORCED', node.span)
  if (noInherit) throw notSupported('FOREIGN KEY … NO INHERIT', node.span)
  if (deferrable === false && initiallyDeferred)
    throw bindError('42601', 'constraint declared INITIALLY DEFERRED must be DEFERRABLE', node)
  const to = isOwn(node) ? own : referencedTable(st, node)
  if (own.temporary !== to.temporary) {
    const [from, only] = own.temporary ? ['temporary', 'temporary'] : ['permanent', 'permanent']
    const message = `constraints on ${from} tables may reference only ${only} tables`
    throw bindError('42P16', message, undefined)
  }
  const columns = numbers(own, node.from)
  const setColumns = bindSetColumns(own, columns, node.onDelete)
  const key = to.primaryKey
  if (node.columns.length === 0 && key === null)
    throw bindError('42704', `there is no primary key for referenced table "${to.name}"`, undefined)
  const referenced = node.columns.length === 0 ? key! : numbers(to, node.columns)
  if (!isUnique(to, referenced))
    throw bindError(
      '42830',
      `there is no unique constraint matching given keys for referenced table "${to.name}"`,
      undefined,
    )
  if (columns.length !== referenced.length)
    throw bindError('42830', 'number of referencing and referenced columns for foreign key disagree', undefined)
  const name = node.name?.name ?? null
  const shown = name ?? `${own.name}_${node.from.map((c) => c.name).join('_')}_fkey`
  for (const [i, c] of columns.entries()) checkTypes(shown, own.columns[c]!, to.columns[referenced[i]!]!, node)
  const onDelete = action(node.onDelete)
  const onUpdate = action(node.onUpdate)
  if ((node.onUpdate?.columns.length ?? 0) > 0)
    throw bindError('0A000', 'a column list with SET NULL is only supported for ON DELETE actions', undefined)
  refuseGenerated(own, columns, onDelete, 'DELETE')
  refuseGenerated(own, columns, onUpdate, 'UPDATE')
  const when = deferral(deferrable, initiallyDeferred)
  return {
    name,
    columns,
    references: to.id,
    referenced,
    match: node.match === 'FULL' ? 'full' : 'simple',
    onDelete,
    onUpdate,
    ...(setColumns !== null && { setColumns }),
    ...(when !== null && { deferrable: when }),
    ...(notValid && { notValid: true as const }),
  }
}

/** INITIALLY DEFERRED alone says DEFERRABLE too. */
function deferral(deferrable: boolean | undefined, deferred: boolean | undefined): Deferrable | null {
  if (deferred) return 'initiallyDeferred'
  return deferrable ? 'initiallyImmediate' : null
}

/** A table of the catalog as one to refer to, or from. */
export function asReferenced(catalog: CatalogSnapshot, entry: TableEntry): Referenced {
  const { id, name, primaryKey } = entry
  const uniques = uniqueIndexes(catalog, id).map((index) => index.columns)
  const temporary = isTemporary(catalog, entry)
  return { id, name, columns: entry.columns as readonly ColumnPlan[], primaryKey, uniques, temporary }
}

function referencedTable(st: Statement, node: ForeignKeyNode): Referenced {
  const parts = node.table.parts.map((p) => p.name)
  const entry = findObject(st.env.catalog, parts, st.env, node.table.span.start + 1)
  if (entry === undefined) throw bindError('42P01', `relation "${parts.join('.')}" does not exist`, undefined)
  if (entry.kind !== 'table') throw bindError('42809', `referenced relation "${entry.name}" is not a table`, undefined)
  if (entry.fedBy !== null) throw notSupported('FOREIGN KEY to a table that a source feeds', node.span)
  if (entry.ttlMicros != null) throw notSupported('FOREIGN KEY to a table with TTL', node.span)
  return asReferenced(st.env.catalog, entry)
}

function numbers({ columns }: Referenced, names: readonly Ident[]): number[] {
  return names.map(({ name }) => {
    const at = columns.findIndex((c) => c.name === name)
    if (at >= 0) return at
    throw bindError('42703', `column "${name}" referenced in foreign key constraint does not exist`, undefined)
  })
}

function isUnique({ primaryKey, uniques }: Referenced, columns: readonly number[]): boolean {
  const same = (key: readonly number[] | null) =>
    key?.length === columns.length && columns.every((c) => key.includes(c)) && new Set(columns).size === key.length
  return same(primaryKey) || uniques.some(same)
}

/** Kinds whose values are the same data, so that one's key is looked up as the other's. */
const FAMILIES: readonly (readonly TypeKind[])[] = [
  ['int2', 'int4', 'int8'],
  ['text', 'varchar'],
]

function checkTypes(name: string, from: ColumnPlan, to: ColumnPlan, node: ForeignKeyNode): void {
  const scaled = from.type.kind === 'numeric' && to.type.kind === 'numeric' && from.type.scale !== to.type.scale
  if (scaled) throw notSupported('FOREIGN KEY between numerics of different scales', node.span)
  if (from.type.kind === to.type.kind && JSON.stringify(from.type.element) === JSON.stringify(to.type.element)) return
  if (FAMILIES.some((kinds) => kinds.includes(from.type.kind) && kinds.includes(to.type.kind))) return
  const both = `${base(from.type)} and ${base(to.type)}`
  const compared = COMPARED.some((kinds) => kinds.includes(from.type.kind) && kinds.includes(to.type.kind))
  if (compared || findCast(from.type, to.type, 'implicit'))
    throw notSupported(`FOREIGN KEY between types ${both}`, node.span)
  throw bindError('42804', `foreign key constraint "${name}" cannot be implemented`, undefined, {
    detail: `Key columns "${from.name}" and "${to.name}" are of incompatible types: ${both}.`,
  })
}

const base = (type: SqlType): string => typeText({ kind: type.kind, ...(type.element && { element: type.element }) })

/** Kinds of which PostgreSQL compares one with the other without a cast. */
const COMPARED: readonly (readonly TypeKind[])[] = [
  ['float4', 'float8'],
  ['date', 'timestamp', 'timestamptz'],
]

const ACTIONS = {
  'NO ACTION': 'noAction',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'setNull',
  'SET DEFAULT': 'setDefault',
} as const satisfies Record<RefAction['action'], ReferentialAction>

const action = (node: RefAction | undefined): ReferentialAction => ACTIONS[node?.action ?? 'NO ACTION']

function bindSetColumns(own: Referenced, columns: readonly number[], node: RefAction | undefined): number[] | null {
  if (node === undefined || node.columns.length === 0) return null
  return node.columns.map(({ name }) => {
    const at = own.columns.findIndex((c) => c.name === name)
    if (at < 0)
      throw bindError('42703', `column "${name}" referenced in foreign key constraint does not exist`, undefined)
    if (!columns.includes(at))
      throw bindError(
        '42P10',
        `column "${name}" referenced in ON DELETE SET action must be part of foreign key`,
        undefined,
      )
    return at
  })
}

function refuseGenerated(own: Referenced, columns: readonly number[], on: ReferentialAction, event: string): void {
  const sets = on === 'setNull' || on === 'setDefault' || (event === 'UPDATE' && on === 'cascade')
  if (sets && columns.some((c) => own.columns[c]!.generated !== undefined))
    throw bindError(
      '42601',
      `invalid ON ${event} action for foreign key constraint containing generated column`,
      undefined,
    )
}
