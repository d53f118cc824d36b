import type { CatalogEntry, CatalogSnapshot } from './entry.ts'

/** Each session that has temporary tables has a schema for them; they go with the session, and with a restart. */
const PREFIX = 'pg_temp_'

/** What a session writes for its own. */
export const OWN_TEMPORARY = 'pg_temp'

export const temporarySchemaOf = (backendPid: number): string => `${PREFIX}${backendPid}`

export const isTemporarySchema = (name: string): boolean => name.startsWith(PREFIX)

export function isTemporary(catalog: CatalogSnapshot, entry: Pick<CatalogEntry, 'schema'>): boolean {
  const schema = catalog.byId(entry.schema)
  return schema !== undefined && isTemporarySchema(schema.name)
}
