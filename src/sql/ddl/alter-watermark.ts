import type { AlterAction, CreateSource, CreateTable } from '../../../grammar/ast-ddl.ts'
import type { TableElement } from '../../../grammar/ast-table.ts'
import { deparse } from '../../../grammar/deparse.ts'
import { parseStatement } from '../../../grammar/parse.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry, SourceEntry, TableEntry } from '../../catalog/entry.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { bindWatermark, CHANGING, isWatermarkOption } from './watermark.ts'

type Action = Extract<AlterAction, { kind: 'addWatermark' | 'dropWatermark' }>

/** ALTER … ADD WATERMARK FOR c AS e, DROP WATERMARK: of relations whose rows only come. */
export function planAlterWatermark(entry: CatalogEntry, action: Action, context: PlanningContext): DdlPlan {
  const owner = timed(entry, action)
  if (action.kind === 'dropWatermark') {
    if (!owner.watermark) throw bindError('42704', `"${owner.name}" has no WATERMARK`, action)
    return { kind: 'dropWatermark', object: owner.id, sql: reworded(owner, (elements) => elements) }
  }
  if (owner.watermark) {
    throw bindError('42P16', 'a relation has one event time', action, {
      hint: 'ALTER … DROP WATERMARK takes away the one that it has.',
    })
  }
  const columns = owner.kind === 'table' ? owner.columns : owner.rowType
  const plans = columns.map((c) => ({ name: c.name, type: c.type, notNull: false, defaultSql: null }))
  const computed = (owner.computed ?? []).map((c) => ({ ...c, expr: c.expr as Scalar }))
  const watermark = bindWatermark(newStatement(bindEnv(context)), [action.watermark], plans, [], computed)
  if (watermark === null) throw bindError('42601', 'there is no WATERMARK', action)
  const sql = reworded(owner, (elements) => [...elements, action.watermark])
  return { kind: 'addWatermark', object: owner.id, watermark, sql }
}

function timed(entry: CatalogEntry, at: Action): SourceEntry | TableEntry {
  if (entry.kind === 'source') {
    if (entry.upsertKey === null && entry.connector.envelope.kind === 'none') return entry
    throw notSupported('WATERMARK of a source whose records change rows', at.span, CHANGING)
  }
  if (entry.kind !== 'table') {
    throw notSupported('WATERMARK of a view', at.span, 'Give the source or the table that it reads an event time.')
  }
  if (entry.fedBy !== null) throw notSupported('WATERMARK of a table that a source feeds', at.span)
  if (entry.ttlMicros != null) throw notSupported('TTL of a table with a WATERMARK', at.span)
  return entry
}

/** The relation's text as if it had been made so. */
function reworded(owner: SourceEntry | TableEntry, change: (elements: TableElement[]) => TableElement[]): string {
  const node = parseStatement(owner.sql) as CreateTable | CreateSource
  const elements = node.elements
    .filter((e) => e.kind !== 'watermarkFor')
    .map((e) =>
      e.kind === 'column'
        ? { ...e, constraints: e.constraints.filter((c) => c.kind !== 'lateness' && c.kind !== 'watermark') }
        : e,
    )
  const kept = node.with.filter((o) => o.kind === 'rest' || !isWatermarkOption(o))
  return deparse({ ...node, elements: change(elements), hasElements: true, with: kept })
}
