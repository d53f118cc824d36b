import type { Include } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { ColumnPlan, ConnectorPlan } from '../../plan/ddl.ts'
import { BYTEA, INT4, INT8, JSONB, type SqlType, TEXT, TIMESTAMPTZ } from '../../types/sql-type.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import { resolveType } from '../type-name.ts'
import type { Columns } from './columns.ts'
import type { Part } from './format-clause.ts'

type What = ConnectorPlan['include'][number]['what']
export type Included = ConnectorPlan['include'][number]

const METADATA: Readonly<Record<string, What>> = {
  key: 'key',
  partition: 'partition',
  offset: 'offset',
  timestamp: 'timestamp',
  headers: 'headers',
}

const INCLUDE_TYPES: Readonly<Record<Exclude<What, 'key'>, { readonly type: SqlType; readonly notNull: boolean }>> = {
  partition: { type: INT4, notNull: true },
  offset: { type: INT8, notNull: true },
  timestamp: { type: TIMESTAMPTZ, notNull: false },
  headers: { type: JSONB, notNull: false },
}

/** INCLUDE … AS c, and Flink's METADATA columns; what is included is put behind `columns`. */
export function bindIncluded(
  items: readonly Include[],
  declared: Columns,
  columns: ColumnPlan[],
  keyFormat: Part | null,
): Included[] {
  const include: Included[] = []
  for (const m of declared.metadata) {
    const what = METADATA[m.what.toLowerCase()]
    if (!what) throw notSupported(`METADATA FROM '${m.what}'`, m.at.span)
    include.push({ what, column: m.column })
  }
  for (const item of items) {
    const what = METADATA[item.what.toLowerCase()]
    handled(item, ['what', 'alias', 'type'])
    if (!what) throw notSupported(`INCLUDE ${item.what}`, item.span)
    const column = includeColumn(item, what, keyFormat)
    if (columns.some((c) => c.name === column.name)) {
      throw bindError('42701', `column "${column.name}" specified more than once`, item)
    }
    include.push({ what, column: columns.push(column) - 1 })
  }
  return include
}

function includeColumn(item: Include, what: What, keyFormat: Part | null): ColumnPlan {
  const name = item.alias?.name ?? what
  if (what !== 'key') {
    const known = INCLUDE_TYPES[what]
    if (item.type) throw notSupported(`a type of INCLUDE ${what.toUpperCase()}`, item.span)
    return { name, type: known.type, notNull: known.notNull, defaultSql: null }
  }
  const byFormat = keyFormat?.kind === 'bytes' ? BYTEA : keyFormat === null || keyFormat.kind === 'text' ? TEXT : JSONB
  return { name, type: item.type ? resolveType(item.type) : byFormat, notNull: false, defaultSql: null }
}
