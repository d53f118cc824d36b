import { objectsOf } from '../../plan/objects-of.ts'
import type { World } from '../world.ts'

/** Whether a relation, or anything that a view reads, is one of those. */
export function readsAny(
  { views }: Pick<World, 'views'>,
  object: number,
  isOne: (relation: number) => boolean,
): boolean {
  const view = views.get(object)
  if (isOne(object)) return true
  return view !== undefined && objectsOf(view.plan).some((below) => readsAny({ views }, below, isOne))
}
