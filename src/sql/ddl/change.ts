import type { Name } from '../../../grammar/ast-base.ts'
import type { Alter, Drop, ObjectType } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import { checkDatabase, findObject, findSchema, findType } from '../../catalog/resolve-name.ts'
import { isLateOf } from '../../catalog/watermark.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import type { PlanningContext } from '../planned.ts'
import { typeNamed } from '../type-name.ts'
import { typeText } from '../type-text.ts'
import { changesColumns, planAlterColumns } from './alter-columns.ts'
import { changesKey, planAlterKey } from './alter-key.ts'
import { changesRules, planAlterTable } from './alter-table.ts'
import { planAlterWatermark } from './alter-watermark.ts'
import { planAlterSequence } from './sequence.ts'

const KINDS: Readonly<Partial<Record<ObjectType, { readonly kind: CatalogEntry['kind']; readonly word: string }>>> = {
  TABLE: { kind: 'table', word: 'table' },
  SOURCE: { kind: 'source', word: 'source' },
  VIEW: { kind: 'view', word: 'view' },
  'MATERIALIZED VIEW': { kind: 'materializedView', word: 'materialized view' },
  INDEX: { kind: 'index', word: 'index' },
  SEQUENCE: { kind: 'sequence', word: 'sequence' },
  CONNECTION: { kind: 'connection', word: 'connection' },
  SCHEMA: { kind: 'schema', word: 'schema' },
  // One AS a query is a materialized view.
  STREAM: { kind: 'source', word: 'stream' },
}

/** What PostgreSQL answers where such an object does not exist; relations are 42P01. */
const MISSING: Readonly<Partial<Record<CatalogEntry['kind'], string>>> = {
  schema: '3F000',
  index: '42704',
  connection: '42704',
}

/** DROP: the objects by id; null when IF EXISTS leaves nothing to do. */
export function planDrop(node: Drop, context: PlanningContext): DdlPlan | null {
  handled(node, ['object', 'ifExists', 'names', 'signatures', 'behavior', 'concurrently'])
  if (node.concurrently) throw notSupported('CONCURRENTLY', node.span)
  if (node.signatures.some((s) => s !== undefined)) throw notSupported(`DROP ${node.object}`, node.span)
  const objects: number[] = []
  for (const name of node.names) {
    const entry =
      node.object === 'TYPE' || node.object === 'DOMAIN'
        ? droppedType(node, name, context)
        : find('DROP', node.object, name, context, node.ifExists)
    if (entry) objects.push(entry.id)
  }
  return objects.length === 0 ? null : { kind: 'drop', objects, cascade: node.behavior === 'CASCADE' }
}

function droppedType(node: Drop, name: Name, context: PlanningContext): CatalogEntry | undefined {
  const parts = name.parts.map((p) => p.name)
  const text = parts.join('.')
  const entry = findType(context.catalog, parts, context, name.span.start + 1)
  if (entry !== undefined) {
    if (node.object === 'DOMAIN' && entry.rules === undefined)
      throw bindError('42809', `"${entry.name}" is not a domain`, undefined)
    return entry
  }
  const relation = findObject(context.catalog, parts, context, name.span.start + 1)
  const word = Object.values(KINDS).find((k) => k.kind === relation?.kind)?.word
  if (relation !== undefined && word !== undefined && 'columns' in relation && relation.kind === 'table')
    throw bindError('2BP01', `cannot drop type ${text} because ${word} ${text} requires it`, undefined, {
      hint: `You can drop ${word} ${text} instead.`,
    })
  const builtIn = parts.length === 1 ? typeNamed(text) : undefined
  if (builtIn !== undefined)
    throw bindError(
      '2BP01',
      `cannot drop type ${typeText(builtIn)} because it is required by the database system`,
      undefined,
    )
  const missing = `type "${text}" does not exist`
  if (!node.ifExists) throw bindError('42704', missing, undefined)
  context.notice({ severity: 'NOTICE', sqlstate: '00000', message: `${missing}, skipping` })
  return undefined
}

const article = (word: string): string => `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`

function find(
  verb: 'DROP' | 'ALTER',
  object: ObjectType,
  name: Name,
  context: PlanningContext,
  ifExists: boolean,
): CatalogEntry | undefined {
  const known = KINDS[object]
  if (!known) throw notSupported(`${object} objects`, name.span)
  const parts = name.parts.map((p) => p.name)
  const text = parts.join('.')
  let entry: CatalogEntry | undefined
  if (known.kind === 'schema') {
    checkDatabase(parts, 2, context, name.span.start + 1)
    entry = findSchema(context.catalog, parts[parts.length - 1])
  } else entry = findObject(context.catalog, parts, context, name.span.start + 1)
  if (!entry) {
    // ALTER looks for a relation of any kind first, DROP for one of its own.
    const relation = verb === 'ALTER' && known.kind !== 'schema' && known.kind !== 'connection'
    const missing = `${relation ? 'relation' : known.word} "${text}" does not exist`
    if (!ifExists) throw bindError(relation ? '42P01' : (MISSING[known.kind] ?? '42P01'), missing, name)
    context.notice({
      severity: 'NOTICE',
      sqlstate: '00000',
      message: `${missing}, skipping`,
    })
    return undefined
  }
  if (entry.kind === 'system' || (entry.kind === 'schema' && entry.id < 16384 && entry.name !== 'public')) {
    throw bindError('42501', `cannot change system object "${entry.name}"`, name)
  }
  const owner = context.catalog.byId(entry.dependsOn[0] ?? 0)
  if (isLateOf(entry, owner)) {
    throw bindError('42501', `cannot change system object "${entry.name}"`, name, {
      hint: `It comes, goes and is renamed with "${owner?.name}".`,
    })
  }
  if (entry.kind !== known.kind && !(verb === 'DROP' && madeAs(object, entry))) {
    const other = Object.entries(KINDS).find(([, k]) => k.kind === entry.kind)
    throw bindError('42809', `"${entry.name}" is not ${article(known.word)}`, name, {
      hint: other && verb === 'DROP' ? `Use DROP ${other[0]} to remove ${article(other[1].word)}.` : undefined,
    })
  }
  return entry
}

/** ksqlDB's CREATE STREAM | TABLE … AS a query makes a materialized view, which goes by the word that it came by. */
function madeAs(object: ObjectType, entry: CatalogEntry): boolean {
  if (entry.kind !== 'materializedView' || (object !== 'TABLE' && object !== 'STREAM')) return false
  const own = /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(\w+)/i.exec(entry.written?.text ?? '')?.[1]
  return own?.toUpperCase() === object
}

/** ALTER … RENAME [COLUMN], ALTER MATERIALIZED VIEW … SKIP ERRORS | REPLAN; everything else is refused by name. */
export function planAlter(node: Alter, context: PlanningContext): DdlPlan | null {
  handled(node, ['object', 'ifExists', 'name', 'actions'])
  const rules = changesRules(node.actions)
  const columns = changesColumns(node.actions)
  if (node.actions.length > 1 && !rules && !columns)
    throw notSupported('several actions of one ALTER', node.actions[1].span)
  const entry = find('ALTER', node.object, node.name, context, node.ifExists ?? false)
  if (!entry) return null
  if (changesKey(entry, node.actions)) return planAlterKey(entry, node.actions[0]!)
  if (rules) return planAlterTable(entry, node.actions, context)
  if (columns) return planAlterColumns(entry, node.actions, context)
  const [action] = node.actions
  switch (action.kind) {
    case 'renameTo':
      return { kind: 'rename', object: entry.id, newName: action.name.name }
    case 'renameColumn': {
      const row = entry.kind === 'table' ? entry.columns : 'rowType' in entry ? entry.rowType : []
      const column = row.findIndex((c) => c.name === action.column.name)
      if (column < 0) throw bindError('42703', `column "${action.column.name}" does not exist`, action.column)
      return { kind: 'renameColumn', object: entry.id, column, newName: action.name.name }
    }
    case 'skipErrors':
      if (entry.kind !== 'materializedView') throw bindError('42809', 'SKIP ERRORS is for materialized views', action)
      return { kind: 'skipErrors', object: entry.id }
    case 'replan':
      if (entry.kind !== 'materializedView') throw bindError('42809', 'REPLAN is for materialized views', action)
      return { kind: 'replan', object: entry.id }
    case 'sequenceOptions':
      return planAlterSequence(entry, action, context)
    case 'addWatermark':
    case 'dropWatermark':
      return planAlterWatermark(entry, action, context)
    default:
      throw notSupported(`ALTER ${node.object} … ${words(action.kind)}`, action.span)
  }
}

/** `addColumn` → ADD COLUMN. */
const words = (kind: string): string => kind.replace(/([A-Z])/g, ' $1').toUpperCase()
