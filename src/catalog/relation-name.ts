import type { CatalogSnapshot } from './entry.ts'

/** What a relation that a plan reads is called where plans are shown. Merged late rows have no name of their own. */
export function relationName(catalog: CatalogSnapshot, id: number): string {
  const own = catalog.byId(id)?.name
  if (own !== undefined) return own
  const relation = id < 0 ? -id : relationOfMerged(catalog, id)
  const name = relation === null ? undefined : catalog.byId(relation)?.name
  return name === undefined ? String(id) : `merged rows of ${name}`
}

function relationOfMerged(catalog: CatalogSnapshot, id: number): number | null {
  for (const entry of catalog.all()) {
    if (entry.kind !== 'materializedView') continue
    const found = entry.merged?.find((m) => m.id === id)
    if (found !== undefined) return found.relation
  }
  return null
}
