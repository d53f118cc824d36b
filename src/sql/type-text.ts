import { typeName } from '../types/pg-type.ts'
import type { SqlType } from '../types/sql-type.ts'

/** A type as PostgreSQL's error messages spell it. */
export const typeText = (type: SqlType): string => typeName(type)
