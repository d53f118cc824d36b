import type { FromItem } from '../../../grammar/ast.ts'
import { ownTime } from '../../catalog/watermark.ts'
import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'
import { joinKeys } from '../choose/join-keys.ts'
import { bindError } from './bind-error.ts'
import type { Statement } from './context.ts'
import type { FromPlan } from './from-plan.ts'
import { tableRow } from './relation.ts'

type TableItem = Extract<FromItem, { kind: 'table' }>

/**
 * FOR SYSTEM_TIME AS OF o.ts: a versioned table keeps each version as a row of its own, valid from its event time until
 * that of the next version of its key. So its rows must only ever grow in number: a table or source with a WATERMARK, or
 * a view that shows rows of one as they are. What is overwritten (an upsert source, a plain table) has no past to read.
 */
export function versionTime(st: Statement, right: FromPlan, item: TableItem, on: Scalar, width: number): Scalar {
  const found = eventColumn(st, right.plan)
  if (found === null) {
    const name = item.name.parts[item.name.parts.length - 1].name
    throw bindError('42P10', `"${name}" keeps no versions to read as of an event time`, item, {
      hint: hintFor(st, right),
    })
  }
  refuseWiderKey(st, right, found.object, found.column, on, width, item)
  return column(found.column, right.plan.rowType[found.column].type)
}

/** The event time among the columns of a plan that shows rows of one relation. */
function eventColumn(st: Statement, p: Logical): { column: number; object: number } | null {
  switch (p.kind) {
    case 'get': {
      const entry = st.env.catalog.byId(p.object)
      const watermark = ownTime(entry)
      const grows = entry?.kind === 'table' || (entry?.kind === 'source' && entry.upsertKey === null)
      return watermark !== null && grows ? { column: watermark.column, object: p.object } : null
    }
    case 'filter':
    case 'arrival':
      return eventColumn(st, p.input)
    case 'project': {
      const below = eventColumn(st, p.input)
      if (below === null) return null
      const at = p.exprs.findIndex((e) => e.kind === 'column' && e.index === below.column)
      return at < 0 ? null : { column: at, object: below.object }
    }
    default:
      return null
  }
}

function hintFor(st: Statement, right: FromPlan): string {
  const [table] = right.tables
  const entry = table.object === undefined ? undefined : st.env.catalog.byId(table.object)
  if (entry?.kind === 'source' && entry.upsertKey !== null) {
    return 'Its records overwrite each other. Read the topic by a source without an envelope, where each record is a version, and give it a WATERMARK.'
  }
  if (entry?.kind === 'table' || entry?.kind === 'source') {
    return 'Give it an event time, as in WATERMARK FOR valid_from AS valid_from: each row is then a version, valid from that time on. FOR SYSTEM_TIME AS OF PROCTIME() reads what is there when a row comes.'
  }
  return 'It takes a table or source with a WATERMARK, or a view of rows of one. An ASOF JOIN takes any time: ASOF JOIN … ON a.k = b.k AND a.ts >= b.ts.'
}

/** A primary key that the join does not give whole leaves several rows a version. */
function refuseWiderKey(
  st: Statement,
  right: FromPlan,
  object: number,
  time: number,
  on: Scalar,
  width: number,
  item: TableItem,
): void {
  const entry = st.env.catalog.byId(object)
  if (right.plan.kind !== 'get' || entry?.kind !== 'table' || entry.primaryKey === null) return
  const left = Array.from({ length: width }, (_, i) => ({
    name: `${i}`,
    type: right.plan.rowType[0].type,
    nullable: true,
  }))
  const keys = joinKeys(on, left, right.plan.rowType).right.flatMap((k) => (k.kind === 'column' ? [k.index] : []))
  const missing = entry.primaryKey.filter((c) => c !== time && !keys.includes(c))
  if (missing.length === 0) return
  const names = missing.map((c) => `"${tableRow(entry)[c].name}"`).join(', ')
  throw bindError('42P10', `a temporal join must give the whole primary key: ${names} is missing`, item)
}
