import { typeOid, typmodOf } from '../../types/pg-type.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { World } from '../world.ts'

/** What the rows of several system relations share. */
export function liveRows(world: World, object: number): number {
  return (world.tables.get(object)?.rows ?? world.views.get(object)?.output.rows)?.rows ?? -1
}

export const typeFacts = (field: RowType[number]): { readonly oid: number; readonly typmod: number } => ({
  oid: typeOid(field.type),
  typmod: typmodOf(field.type),
})

/** Owner of everything: the one role. */
export const OWNER_OID = 10
export const OWNER = 'millrace'
export const DATABASE_OID = 5
export const PG_CATALOG_OID = 11
