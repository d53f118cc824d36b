import type { Field, SqlType } from '../../types/sql-type.ts'

/** A column of a system relation; they may all be NULL. */
export const column = (name: string, type: SqlType): Field => ({ name, type, nullable: true })
