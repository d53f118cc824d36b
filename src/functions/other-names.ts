import { assert } from '../base/assert.ts'
import type { ScalarFunction } from './function.ts'
import { PG_PROC_OIDS } from './pg-proc-oids.ts'

/** Second names that PostgreSQL has for functions: what operators, casts or older versions call them. */
const NAMES: readonly (readonly [name: string, id: string])[] = [
  ['dexp', 'exp(float8)'],
  ['dlog1', 'ln(float8)'],
  ['dlog10', 'log(float8)'],
  ['dround', 'round(float8)'],
  ['dtrunc', 'trunc(float8)'],
  ['numeric_exp', 'exp(numeric)'],
  ['numeric_ln', 'ln(numeric)'],
  ['numeric_log', 'log(numeric,numeric)'],
  ['numeric_sqrt', 'sqrt(numeric)'],
  ['numeric_div_trunc', 'div(numeric,numeric)'],
  ['textlen', 'length(text)'],
  ['getpgusername', 'current_user()'],
]

/** An operator's function has a name of its own: these are called by name alone. */
export function otherNames(rows: readonly ScalarFunction[]): readonly ScalarFunction[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return NAMES.map(([name, of]) => {
    const row = byId.get(of)
    assert(row !== undefined, `another name is one of a function that is here: ${of}`)
    const id = `${name}${of.slice(of.indexOf('('))}`
    const { operator: _, example, ...rest } = row
    const sql = example?.sql.replace(`${row.name}(`, `${name}(`)
    return {
      ...rest,
      id,
      name,
      oid: PG_PROC_OIDS[id] ?? 0,
      ...(example === undefined || sql === undefined ? {} : { example: { ...example, sql } }),
    }
  })
}
