import type { AggregateCall, Logical } from '../../plan/logical.ts'
import { mapCall, rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, scalarKey } from '../../plan/scalar-walk.ts'
import { hasDirect } from '../function-facts.ts'
import { fuse } from '../optimise/fuse.ts'
import { jsonbPartitions } from './jsonb-partitions.ts'

/**
 * Aggregates take columns: keys, arguments, filters and order keys are computed by a projection before. So is what
 * partitions by jsonb go by.
 */
export function prepare(plan: Logical): Logical {
  const prepared = rewriteLogical(plan, (p) => (p.kind === 'aggregate' ? overColumns(p) : jsonbPartitions(p)))
  return fuse.apply(prepared, { primaryKey: () => null })
}

function overColumns(p: Extract<Logical, { kind: 'aggregate' }>): Logical {
  const exprs: Scalar[] = []
  const known = new Map<string, number>()
  const toColumn = (s: Scalar): Scalar => {
    const key = scalarKey(s)
    let at = known.get(key)
    if (at === undefined) {
      at = exprs.push(s) - 1
      known.set(key, at)
    }
    return column(at, s.type)
  }
  const keys = p.keys.map(toColumn)
  // A direct argument that is constant needs no column.
  const aggregates: AggregateCall[] = p.aggregates.map((a) => {
    const isValue = (s: Scalar): boolean => s.kind === 'const' && hasDirect(a.fn) && a.args.includes(s)
    return mapCall(a, (s) => (isValue(s) ? s : toColumn(s)))
  })
  const rowType = exprs.map((e, i) => {
    const field = e.kind === 'column' ? p.input.rowType[e.index] : undefined
    return { name: field?.name ?? `arg${i}`, type: e.type, nullable: field?.nullable ?? true }
  })
  return { ...p, input: { kind: 'project', input: p.input, exprs, rowType }, keys, aggregates }
}
