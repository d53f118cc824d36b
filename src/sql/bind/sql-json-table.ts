import type { JsonColumn, JsonFunction, JsonTable } from '../../../grammar/ast-sql-json.ts'
import { isDocument } from '../../functions/json/sql-query.ts'
import { type JsonTableColumn, jsonTableId } from '../../functions/json/table.ts'
import { tableFunctionById } from '../../functions/lookup.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { quoteJson } from '../../types/jsonb.ts'
import { JSONPATH, type RowType } from '../../types/sql-type.ts'
import { resolveType } from '../type-name.ts'
import { bindError, type Place } from './bind-error.ts'
import { parseLiteral } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { bindPassing, jsonDocument, queryClauses } from './sql-json.ts'

/** JSON_TABLE of a FROM clause, as a call of the table function that its clauses make. */
export function bindJsonTable(
  st: Statement,
  node: JsonTable,
  place: ExprPlace,
): { readonly fn: string; readonly args: readonly Scalar[]; readonly columns: RowType } {
  handled(node, ['context', 'path', 'pathName', 'passing', 'columns', 'onError'])
  if (node.path.kind !== 'string') {
    throw bindError('0A000', 'only string constants are supported in JSON_TABLE path specification', node.path)
  }
  if (node.onError && node.onError.what !== 'ERROR' && node.onError.what !== 'EMPTY ARRAY') {
    throw bindError('42601', 'invalid ON ERROR behavior', node.onError, {
      detail: 'Only EMPTY [ ARRAY ] or ERROR is allowed in the top-level ON ERROR clause.',
    })
  }
  const names = new Set<string>()
  if (node.pathName) names.add(node.pathName.name)
  checkNames(node.columns, names)
  const context = jsonDocument(st, node.context, place)
  const passing = bindPassing(st, node.passing, place)
  const table = new Columns(st, place)
  const rows = { path: table.path(node.path.value, node.path), columns: table.columns(node.columns) }
  const fn = jsonTableId({
    rows,
    variables: node.passing.map(({ name }) => name.name),
    throwing: node.onError?.what === 'ERROR',
  })
  const args = [context, ...passing, ...table.defaults]
  const columns = tableFunctionById(fn)?.columns(args.map((a) => a.type)) ?? []
  return { fn, args, columns }
}

function checkNames(columns: readonly JsonColumn[], names: Set<string>): void {
  for (const column of columns) {
    if (column.name) {
      const { name } = column.name
      if (names.has(name)) {
        throw bindError('42712', `duplicate JSON_TABLE column or path name: ${name}`, column.name)
      }
      names.add(name)
    }
    if (column.kind === 'jsonNested') checkNames(column.columns, names)
  }
}

class Columns {
  readonly defaults: Scalar[] = []
  private readonly st: Statement
  private readonly place: ExprPlace

  constructor(st: Statement, place: ExprPlace) {
    this.st = st
    this.place = place
  }

  path(text: string, at: Place): string {
    return parseLiteral(this.st, text, JSONPATH, at, 'implicit') as string
  }

  columns(columns: readonly JsonColumn[]): JsonTableColumn[] {
    return columns.map((column) => this.column(column))
  }

  private column(column: JsonColumn): JsonTableColumn {
    if (column.kind === 'jsonOrdinality') return { kind: 'ordinality', name: column.name.name }
    if (column.kind === 'jsonNested') {
      const rows = { path: this.path(column.path, column), columns: this.columns(column.columns) }
      return { kind: 'nested', rows }
    }
    handled(column, ['name', 'type', 'exists', 'format', 'path', 'wrapper', 'quotes', 'onEmpty', 'onError'])
    const { name } = column.name
    const returns = resolveType(column.type)
    const formatted = column.format !== undefined || column.wrapper !== undefined || column.quotes !== undefined
    const op: JsonFunction['op'] = column.exists ? 'EXISTS' : formatted || isDocument(returns) ? 'QUERY' : 'VALUE'
    const { spec, defaults } = queryClauses(this.st, { ...column, op }, returns, this.place, column, name)
    const given = column.onEmpty?.expr !== undefined || column.onError?.expr !== undefined
    const at = given ? this.defaults.length : -1
    if (given) this.defaults.push(...defaults)
    return {
      kind: 'value',
      name,
      path: this.path(column.path ?? `$.${quoteJson(name)}`, column),
      query: { op, ...spec },
      defaults: at,
    }
  }
}
