import type { World } from '../world.ts'

/** What system relations call an object; null when it is gone. */
export const nameOf = (world: World, id: number): string | null => world.catalog.byId(id)?.name ?? null

/** The schema that an object lies in. */
export function schemaOf(world: World, id: number): string | null {
  const entry = world.catalog.byId(id)
  return entry === undefined ? null : nameOf(world, entry.schema)
}
