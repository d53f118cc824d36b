import type { Expr } from '../../../grammar/ast.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { bindError } from './bind-error.ts'
import { DEFAULT_CLAUSE, type ExprPlace, type Statement } from './context.ts'
import { bindArray, bindSubscript } from './expr-array.ts'
import { bindCall } from './expr-call.ts'
import { bindCase, bindCoalesce, bindGreatest, bindNullIf } from './expr-choice.ts'
import { bindCollate } from './expr-collate.ts'
import { bindBetween, bindInList, bindIs, bindIsDistinct, bindLike, bindLogic, bindNot } from './expr-condition.ts'
import {
  bindBitString,
  bindBoolean,
  bindInterval,
  bindNull,
  bindNumber,
  bindParam,
  bindSqlValue,
  bindString,
  bindTypedLiteral,
} from './expr-literal.ts'
import {
  bindAtTimeZone,
  bindBinary,
  bindCast,
  bindExtract,
  bindNormalize,
  bindOverlaps,
  bindOverlay,
  bindPosition,
  bindQuantifiedArray,
  bindSubstring,
  bindTrim,
  bindUnary,
  LIKE_OPS,
} from './expr-operator.ts'
import { bindField, bindRow, wholeRow } from './expr-record.ts'
import {
  bindArraySubquery,
  bindExists,
  bindInSubquery,
  bindQuantifiedQuery,
  bindScalarSubquery,
} from './expr-subquery.ts'
import { bindGroupingCall } from './grouping-sets.ts'
import { handled } from './handled.ts'
import { findColumn, type Scope } from './scope.ts'
import { bindJsonFunction } from './sql-json.ts'
import { bindJsonAggregate, bindJsonArray, bindJsonObject, bindJsonOf } from './sql-json-make.ts'

type Binder<K extends Expr['kind']> = (st: Statement, node: Extract<Expr, { kind: K }>, place: ExprPlace) => Scalar

/** An expression with its types, over the columns of the FROM clause; what needs more of the plan becomes a slot. */
export function bindExpr(st: Statement, node: Expr, place: ExprPlace): Scalar {
  const binder = BINDERS[node.kind] as Binder<Expr['kind']>
  return binder(st, node, place)
}

const refuse =
  (feature: string): ((st: Statement, node: Expr) => never) =>
  (_st, node) => {
    throw notSupported(feature, node.span)
  }

const BINDERS: { readonly [K in Expr['kind']]: Binder<K> } = {
  column: bindColumn,
  number: (st, node) => bindNumber(st, node),
  string: bindString,
  bitString: bindBitString,
  null: bindNull,
  boolean: bindBoolean,
  typedLiteral: bindTypedLiteral,
  interval: bindInterval,
  param: bindParam,
  sqlValue: bindSqlValue,
  default: (_st, node) => {
    throw bindError('42601', 'DEFAULT is not allowed in this context', node)
  },
  descriptor: refuse('DESCRIPTOR'),
  star: (_st, node) => {
    throw bindError('0A000', 'row expansion via "*" is not supported here', node)
  },
  unary: bindUnary,
  binary: bindBinary,
  and: bindLogic,
  or: bindLogic,
  not: bindNot,
  is: bindIs,
  isDistinct: bindIsDistinct,
  between: bindBetween,
  inList: bindInList,
  inSubquery: bindInSubquery,
  like: bindLike,
  quantified: bindQuantified,
  case: (st, node, place) => bindCase(st, node, place.rows ? { ...place, rows: false, rowsNotIn: 'CASE' } : place),
  cast: bindCast,
  call: bindCall,
  subquery: bindScalarSubquery,
  exists: bindExists,
  arraySubquery: bindArraySubquery,
  array: bindArray,
  row: bindRow,
  map: refuse('MAP'),
  subscript: bindSubscript,
  slice: bindSubscript,
  field: bindField,
  fieldStar: (_st, node) => {
    throw bindError('0A000', 'row expansion via "*" is not supported here', node)
  },
  collate: bindCollate,
  atTimeZone: bindAtTimeZone,
  extract: bindExtract,
  substring: bindSubstring,
  position: bindPosition,
  overlay: bindOverlay,
  trim: bindTrim,
  normalize: bindNormalize,
  jsonFunction: bindJsonFunction,
  jsonObject: bindJsonObject,
  jsonArray: bindJsonArray,
  jsonAggregate: bindJsonAggregate,
  jsonOf: bindJsonOf,
  jsonTable: (_st, node) => {
    throw bindError('42601', 'syntax error at or near "("', node)
  },
  coalesce: (st, node, place) =>
    bindCoalesce(st, node, place.rows ? { ...place, rows: false, rowsNotIn: 'COALESCE' } : place),
  greatest: bindGreatest,
  least: bindGreatest,
  nullif: bindNullIf,
  overlaps: bindOverlaps,
  grouping: bindGroupingCall,
  tableArg: refuse('a table as an argument'),
  lambda: refuse('a lambda expression'),
}

function bindColumn(st: Statement, node: Extract<Expr, { kind: 'column' }>, place: ExprPlace): Scalar {
  handled(node, ['parts'])
  if (place.clause === DEFAULT_CLAUSE) {
    throw bindError('0A000', 'cannot use column reference in DEFAULT expression', node)
  }
  let found: ReturnType<typeof findColumn>
  try {
    found = findColumn(place.scope, node.parts, node, st.env.database)
  } catch (e) {
    if (!(e instanceof SqlError) || e.sqlstate !== '42703' || node.parts.length !== 1) throw e
    const row = rowNamed(st, node, place)
    if (row === undefined) throw e
    return row
  }
  const { scope, column } = found
  if (scope === place.scope) return column.expr
  return st.outer(scope.base ?? scope, column.expr, column.nullable, column.name, node)
}

/** The row of a table whose name stands where no column has it. */
function rowNamed(st: Statement, node: Extract<Expr, { kind: 'column' }>, place: ExprPlace): Scalar | undefined {
  const name = node.parts[0]!.name
  for (let scope: Scope | null = place.scope; scope; scope = scope.parent) {
    const table = scope.tables.find((t) => t.alias === name)
    const from = scope
    if (table === undefined) continue
    return wholeRow(table, (column) =>
      from === place.scope ? column.expr : st.outer(from.base ?? from, column.expr, column.nullable, column.name, node),
    )
  }
  return undefined
}

function bindQuantified(st: Statement, node: Extract<Expr, { kind: 'quantified' }>, place: ExprPlace): Scalar {
  if (node.query) return bindQuantifiedQuery(st, node, LIKE_OPS[node.op] ?? node.op, place)
  handled(node, ['left', 'op', 'schema', 'quantifier', 'array', 'opSpan'])
  return bindQuantifiedArray(st, node, place)
}
