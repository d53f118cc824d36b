import type { TableConstraint, TableElement } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { ColumnPlan, UniquePlan } from '../../plan/ddl.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'

type UniqueNode = Extract<TableConstraint, { kind: 'tableUnique' }>

/** The UNIQUE constraints of a new table: those of its columns and its own, in the order in which they stand. */
export function bindUniques(elements: readonly TableElement[], columns: readonly ColumnPlan[]): UniquePlan[] {
  const uniques: UniquePlan[] = []
  for (const element of elements) {
    if (element.kind === 'tableUnique') uniques.push(bindUnique(element, columns))
    if (element.kind !== 'column') continue
    for (const constraint of element.constraints) {
      if (constraint.kind !== 'unique') continue
      const { name, timing, nullsNotDistinct, options, span } = constraint
      const own: UniqueNode = { kind: 'tableUnique', columns: [element.name], include: [], span, timing, options }
      const more = { ...(name && { name }), ...(nullsNotDistinct && { nullsNotDistinct }) }
      uniques.push(bindUnique({ ...own, ...more }, columns))
    }
  }
  const twice = uniques.find((u, i) => u.name !== null && uniques.findIndex((o) => o.name === u.name) < i)
  if (twice !== undefined) throw bindError('42P07', `relation "${twice.name}" already exists`, undefined)
  return uniques
}

export function bindUnique(node: UniqueNode, columns: readonly ColumnPlan[]): UniquePlan {
  handled(node, ['name', 'timing', 'columns', 'nullsNotDistinct'])
  const { deferrable, initiallyDeferred, enforced } = node.timing
  if (deferrable || initiallyDeferred) throw notSupported('UNIQUE … DEFERRABLE', node.span)
  if (enforced === false) throw notSupported('UNIQUE … NOT ENFORCED', node.span)
  const numbers = node.columns.map(({ name }) => {
    const at = columns.findIndex((c) => c.name === name)
    if (at < 0) throw bindError('42703', `column "${name}" named in key does not exist`, node)
    return at
  })
  const again = numbers.find((c, i) => numbers.indexOf(c) < i)
  if (again !== undefined)
    throw bindError('42701', `column "${columns[again]!.name}" appears twice in unique constraint`, node)
  return { name: node.name?.name ?? null, columns: numbers, nullsNotDistinct: node.nullsNotDistinct ?? false }
}
