import type { SqlType } from '../types/sql-type.ts'
import { parseSignature, withoutShapes } from './define.ts'
import { PG_PROC_OIDS } from './pg-proc-oids.ts'
import type { TableFunction } from './table-function.ts'

/** How the rows of the table of table functions are written; `columns` as a text: the name of the only one. */
export function table(
  signature: string,
  columns: TableFunction['columns'] | string,
  evaluate: TableFunction['eval'],
  options: {
    readonly volatility?: 'stable'
    readonly fallible?: boolean
    readonly strict?: boolean
    readonly variadic?: boolean
    readonly size?: TableFunction['size']
    /** As of functions: it sees arrays with their shapes. */
    readonly shapes?: true
  } = {},
): TableFunction {
  const { id, name, args, returns } = parseSignature(signature)
  return {
    id,
    name,
    args,
    columns:
      typeof columns === 'string' ? () => [{ name: columns, type: returns as SqlType, nullable: true }] : columns,
    oid: PG_PROC_OIDS[id] ?? 0,
    volatility: options.volatility ?? 'immutable',
    strict: options.strict ?? true,
    ...(options.variadic === true ? { variadic: true } : {}),
    fallible: options.fallible ?? false,
    ...(options.size === undefined ? {} : { size: options.size }),
    eval: options.shapes === true ? evaluate : (values, env, types) => evaluate(withoutShapes(values), env, types),
  }
}
