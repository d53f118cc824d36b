import { parseJson } from '../../types/json-parse.ts'
import type { JsonNode, JsonObject } from '../../types/json-tree.ts'
import { INT4, type RowType, type SqlType } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'
import type { EvalEnv } from '../function.ts'
import { compilePath } from '../jsonpath/compile.ts'
import { type Item, nodesOf } from '../jsonpath/items.ts'
import { runPath } from '../jsonpath/run.ts'
import type { TableFunction } from '../table-function.ts'
import { type QuerySpec, queryJson, variablesOf } from './sql-query.ts'

/**
 * JSON_TABLE: a row for each item of a path, its columns paths of that item. The rows of a nested path stand beside the row that they
 * are of, those of several nested paths one after the other, NULLs in the others' columns. A call is a table function
 * whose id holds the columns. Arguments: the value, the variables, then the values of DEFAULT ON EMPTY and ON ERROR of each column that has one.
 */
export type JsonTableColumn =
  | { readonly kind: 'ordinality'; readonly name: string }
  | {
      readonly kind: 'value'
      readonly name: string
      readonly path: string
      readonly query: QuerySpec
      /** Number of the first of its two defaults, -1 for none. */
      readonly defaults: number
    }
  | { readonly kind: 'nested'; readonly rows: JsonTableRows }

export interface JsonTableRows {
  readonly path: string
  readonly columns: readonly JsonTableColumn[]
}

export interface JsonTableSpec {
  readonly rows: JsonTableRows
  readonly variables: readonly string[]
  /** Errors of row paths are errors, not the end of the rows. */
  readonly throwing: boolean
}

const PREFIX = 'json_table('

export const jsonTableId = (spec: JsonTableSpec): string => `${PREFIX}${JSON.stringify(spec)})`

export function jsonTableFunction(id: string): TableFunction | undefined {
  if (!id.startsWith(PREFIX)) return undefined
  const spec = JSON.parse(id.slice(PREFIX.length, -1)) as JsonTableSpec
  return {
    id,
    name: 'json_table',
    args: [{ poly: 'any' }],
    variadic: true,
    columns: () => columnsOf(spec.rows),
    oid: 0,
    volatility: 'stable',
    strict: false,
    fallible: true,
    *eval(args, env, types) {
      const [value] = args
      if (value === null) return
      const run = new TableRun(spec, args, types, env)
      yield* run.rows(spec.rows, parseJson(value as string))
    },
  }
}

function columnsOf({ columns }: JsonTableRows): RowType {
  return columns.flatMap((column) => {
    if (column.kind === 'nested') return columnsOf(column.rows)
    const type: SqlType = column.kind === 'ordinality' ? INT4 : column.query.returns
    return [{ name: column.name, type, nullable: true }]
  })
}

class TableRun {
  private readonly throwing: boolean
  private readonly env: EvalEnv
  private readonly variables: JsonObject
  private readonly defaults: readonly Datum[]

  constructor(spec: JsonTableSpec, args: readonly Datum[], types: readonly SqlType[], env: EvalEnv) {
    this.throwing = spec.throwing
    this.env = env
    this.variables = variablesOf(spec.variables, args.slice(1), types.slice(1), env)
    this.defaults = args.slice(1 + spec.variables.length)
  }

  *rows(rows: JsonTableRows, root: JsonNode): Generator<Row, void, void> {
    const found: Item[] = []
    const { variables, env } = this
    const options = { root, variables, silent: !this.throwing, zoned: true, env }
    // An error in the path, told or not, leaves no rows.
    if (runPath(compilePath(rows.path), options, found) === 'error') return
    const nodes = nodesOf(found)
    for (let i = 0; i < nodes.length; i++) yield* this.row(rows, nodes[i], i + 1)
  }

  private *row({ columns }: JsonTableRows, node: JsonNode, ordinal: number): Generator<Row, void, void> {
    const values: Datum[][] = columns.map((column) =>
      column.kind === 'nested'
        ? columnsOf(column.rows).map(() => null)
        : [column.kind === 'ordinality' ? ordinal : this.value(column, node)],
    )
    let nested = false
    for (const [i, column] of columns.entries()) {
      if (column.kind !== 'nested') continue
      for (const inner of this.rows(column.rows, node)) {
        nested = true
        yield values.flatMap((own, k) => (k === i ? inner : own))
      }
    }
    if (!nested) yield values.flat()
  }

  private value(column: Extract<JsonTableColumn, { kind: 'value' }>, node: JsonNode): Datum {
    const at = column.defaults
    const defaults = { onEmpty: at < 0 ? null : this.defaults[at], onError: at < 0 ? null : this.defaults[at + 1] }
    return queryJson(column.query, node, column.path, this.variables, defaults, this.env)
  }
}
