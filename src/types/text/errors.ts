import { SqlError } from '../../base/sql-error.ts'

/** The errors of type input, in PostgreSQL's words. */
export function badSyntax(typeName: string, text: string, detail?: string): SqlError {
  const datetime = /^(date|time|timestamp|interval)/.test(typeName)
  const sqlstate = datetime ? '22007' : '22P02'
  return new SqlError(sqlstate, `invalid input syntax for type ${typeName}: "${text}"`, { detail })
}

export function valueOutOfRange(typeName: string, text: string): SqlError {
  return new SqlError('22003', `value "${text}" is out of range for type ${typeName}`)
}

export function fieldOutOfRange(text: string, hint?: string): SqlError {
  return new SqlError('22008', `date/time field value out of range: "${text}"`, { hint })
}

export function displacementOutOfRange(text: string): SqlError {
  return new SqlError('22009', `time zone displacement out of range: "${text}"`)
}

export function unitOutOfRange(what: string, text?: string): SqlError {
  return new SqlError('22008', text === undefined ? `${what} out of range` : `${what} out of range: "${text}"`)
}
