import { SqlError } from '../base/sql-error.ts'
import { originOf } from '../dataflow/inherited-errors.ts'
import type { Row } from '../types/value.ts'
import type { World } from './world.ts'

/** The view whose text the position of an error row of `view` points into. */
export function viewOfError(world: World, view: number, operator: string): string {
  const id = originOf(operator).object ?? view
  return world.catalog.byId(id)?.name ?? String(id)
}

/**
 * An error row of a view as the error of a statement that reads it. Its position is one in a view's text, not in the
 * statement's: the context says so.
 */
export function readingError(world: World, view: number, [sqlstate, message, operator, position]: Row): SqlError {
  const name = viewOfError(world, view, operator as string)
  const where = `materialized view "${name}"${(position as number) > 0 ? ` at character ${position}` : ''}`
  return new SqlError(sqlstate as string, message as string, { where })
}
