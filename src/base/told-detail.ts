import { SqlError } from './sql-error.ts'

/**
 * The detail of an error of a row that only one statement sees. Error rows have a column for the message and none for it: it
 * follows the message there, behind what no text can hold. Views keep their errors, and keep them without.
 */
const BETWEEN = '\0'

export function messageWithDetail({ message, fields }: SqlError): string {
  return fields.detail === undefined ? message : message + BETWEEN + fields.detail
}

export function toldError(sqlstate: string, told: string, position: number | undefined): SqlError {
  const [message, detail] = told.split(BETWEEN) as [string, string?]
  return new SqlError(sqlstate, message, { detail, position })
}
