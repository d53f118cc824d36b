import type { CommentOn } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import { checkDatabase, findObject, findSchema } from '../../catalog/resolve-name.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import { lookupRelation, relationRow } from '../bind/relation.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'

const KINDS: Readonly<Partial<Record<CommentOn['object'], CatalogEntry['kind']>>> = {
  TABLE: 'table',
  VIEW: 'view',
  'MATERIALIZED VIEW': 'materializedView',
  SOURCE: 'source',
  INDEX: 'index',
  SEQUENCE: 'sequence',
  SCHEMA: 'schema',
}

/** COMMENT ON a relation, a column or a schema; NULL and the empty text take it away. */
export function planComment(node: CommentOn, context: PlanningContext): DdlPlan {
  handled(node, ['object', 'name', 'comment'])
  const comment = node.comment === '' ? null : node.comment
  if (node.object === 'COLUMN') return { ...columnOf(node, context), comment }
  const kind = KINDS[node.object]
  if (kind === undefined) throw notSupported(`COMMENT ON ${node.object}`, node.span)
  const parts = node.name.parts.map((p) => p.name)
  if (kind === 'schema') checkDatabase(parts, 2, context, node.name.span.start + 1)
  const entry =
    kind === 'schema'
      ? findSchema(context.catalog, parts.at(-1)!)
      : findObject(context.catalog, parts, context, node.name.span.start + 1)
  if (entry === undefined) {
    if (kind === 'schema') throw bindError('3F000', `schema "${parts.at(-1)}" does not exist`, undefined)
    throw bindError('42P01', `relation "${parts.slice(-2).join('.')}" does not exist`, undefined)
  }
  if (entry.kind !== kind) throw bindError('42809', `"${entry.name}" is not a ${node.object.toLowerCase()}`, undefined)
  refuseBuiltIn(entry, node)
  return { kind: 'comment', object: entry.id, column: 0, comment }
}

function columnOf(node: CommentOn, context: PlanningContext) {
  const { parts } = node.name
  const wanted = parts.at(-1)!.name
  if (parts.length < 2) throw bindError('42601', 'column name must be qualified', node.name)
  const st = newStatement(bindEnv(context))
  const entry = lookupRelation(st, { ...node.name, parts: parts.slice(0, -1) })
  refuseBuiltIn(entry, node)
  const at = relationRow(entry).findIndex((c) => c.name === wanted)
  if (at < 0) throw bindError('42703', `column "${wanted}" of relation "${entry.name}" does not exist`, undefined)
  return { kind: 'comment', object: entry.id, column: at + 1 } as const
}

/** What the server makes anew at each start has no place for one. */
function refuseBuiltIn(entry: CatalogEntry, node: CommentOn): void {
  if (entry.id < 16384) throw notSupported(`COMMENT ON a ${entry.kind} of the system`, node.span)
}
