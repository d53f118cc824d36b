import type { JsonBehavior, JsonFunction, JsonOutput, JsonPassing, JsonValue } from '../../../grammar/ast-sql-json.ts'
import { notSupported } from '../../base/sql-error.ts'
import { sqlJsonId } from '../../functions/json/sql-json.ts'
import type { Behavior, QuerySpec } from '../../functions/json/sql-query.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant, someScalar } from '../../plan/scalar-walk.ts'
import { BOOL, BYTEA, JSONB, JSONPATH, JSONT, type SqlType, TEXT } from '../../types/sql-type.ts'
import { resolveType } from '../type-name.ts'
import { typeText } from '../type-text.ts'
import { bindError, type Place } from './bind-error.ts'
import { coerce } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { callFunction } from './overload.ts'
import { slotsIn } from './slot.ts'

/** JSON_VALUE, JSON_QUERY and JSON_EXISTS. */
export function bindJsonFunction(st: Statement, node: JsonFunction, place: ExprPlace): Scalar {
  handled(node, ['op', 'context', 'path', 'passing', 'returning', 'wrapper', 'quotes', 'onEmpty', 'onError'])
  const context = jsonDocument(st, node.context, place)
  const path = jsonPath(st, st.bind.expr(st, node.path, place), node.path)
  const passing = bindPassing(st, node.passing, place)
  const returns = returned(node.op, node.returning)
  const clauses = queryClauses(st, node, returns, place, node)
  const id = sqlJsonId({
    call: 'query',
    query: { op: node.op, ...clauses.spec },
    variables: node.passing.map(({ name }) => name.name),
  })
  const args = [context, path, ...passing, ...clauses.defaults]
  return { kind: 'call', fn: id, args, type: returns, position: st.position(node) }
}

function returned(op: JsonFunction['op'], output: JsonOutput | undefined): SqlType {
  if (op === 'EXISTS') return BOOL
  if (op === 'VALUE' && output?.format) {
    throw bindError('42601', 'cannot specify FORMAT JSON in RETURNING clause of JSON_VALUE()', {
      span: output.span,
    })
  }
  if (output) return outputType(output)
  return op === 'VALUE' ? TEXT : JSONB
}

export function outputType(output: JsonOutput): SqlType {
  refuseEncoding(output.format, output)
  return resolveType(output.type)
}

function refuseEncoding(format: { readonly encoding?: string } | undefined, at: Place): void {
  if (format?.encoding !== undefined && format.encoding.toLowerCase() !== 'utf8') {
    throw notSupported(`ENCODING ${format.encoding.toUpperCase()}`, at.span)
  }
}

/** A value as jsonb, what is no JSON by itself read as such. */
export function jsonDocument(st: Statement, node: JsonValue, place: ExprPlace): Scalar {
  refuseEncoding(node.format, node)
  const bound = decoded(st, st.bind.expr(st, node.expr, place), node)
  return coerce(st, bound, JSONB, 'explicit', node.expr)
}

/** A value among others: as it is, or with FORMAT JSON as json. */
export function jsonOperand(st: Statement, node: JsonValue, place: ExprPlace): Scalar {
  refuseEncoding(node.format, node)
  const bound = st.bind.expr(st, node.expr, place)
  if (node.format && bound.type.kind !== 'jsonb')
    return coerce(st, decoded(st, bound, node), JSONT, 'explicit', node.expr)
  return bound.type.kind === 'unknown' ? coerce(st, bound, TEXT, 'implicit', node.expr) : bound
}

/** Bytes are the text that they spell. */
export const decoded = (st: Statement, s: Scalar, at: Place): Scalar =>
  s.type.kind === BYTEA.kind ? callFunction(st, 'convert_from', [s, constant('UTF8', TEXT)], at) : s

export function jsonPath(st: Statement, path: Scalar, at: Place): Scalar {
  if (path.type.kind === 'unknown') return coerce(st, path, JSONPATH, 'implicit', at)
  if (path.type.kind === 'jsonpath') return path
  const message = `JSON path expression must be of type jsonpath, not of type ${typeText(path.type)}`
  throw bindError('42804', message, at)
}

export const bindPassing = (st: Statement, list: readonly JsonPassing[], place: ExprPlace): Scalar[] =>
  list.map(({ value }) => jsonOperand(st, value, place))

type Clauses = Pick<JsonFunction, 'op' | 'wrapper' | 'quotes' | 'onEmpty' | 'onError'>

/** What the clauses say; the values of DEFAULT are arguments, NULL where there is none. */
export function queryClauses(
  st: Statement,
  node: Clauses,
  returns: SqlType,
  place: ExprPlace,
  at: Place,
  column?: string,
): { readonly spec: Omit<QuerySpec, 'op'>; readonly defaults: readonly Scalar[] } {
  const wrapper = node.wrapper ?? 'NONE'
  if (wrapper !== 'NONE' && node.quotes === 'OMIT') {
    throw bindError('42601', 'SQL/JSON QUOTES behavior must not be specified when WITH WRAPPER is used', at)
  }
  const onEmpty = behavior(node, node.onEmpty, 'ON EMPTY', column) ?? 'null'
  const onError = behavior(node, node.onError, 'ON ERROR', column) ?? (node.op === 'EXISTS' ? 'false' : 'null')
  const value = (b: JsonBehavior | undefined): Scalar =>
    b?.expr ? defaultOf(st, b.expr, returns, place) : constant(null, returns)
  return {
    spec: {
      returns,
      wrapper,
      omitQuotes: node.quotes === 'OMIT',
      onEmpty,
      onError,
      ...(column === undefined ? {} : { column }),
    },
    defaults: [value(node.onEmpty), value(node.onError)],
  }
}

const BEHAVIORS: Readonly<Record<JsonBehavior['what'], Behavior>> = {
  ERROR: 'error',
  NULL: 'null',
  TRUE: 'true',
  FALSE: 'false',
  UNKNOWN: 'unknown',
  'EMPTY ARRAY': 'array',
  'EMPTY OBJECT': 'object',
  DEFAULT: 'default',
}

const ALLOWED: Readonly<Record<JsonFunction['op'], readonly [kinds: readonly Behavior[], words: string]>> = {
  VALUE: [['error', 'null', 'default'], 'ERROR, NULL, or DEFAULT expression'],
  QUERY: [
    ['error', 'null', 'array', 'object', 'default'],
    'ERROR, NULL, EMPTY ARRAY, EMPTY OBJECT, or DEFAULT expression',
  ],
  EXISTS: [['error', 'true', 'false', 'unknown'], 'ERROR, TRUE, FALSE, or UNKNOWN'],
}

function behavior(
  { op }: Clauses,
  node: JsonBehavior | undefined,
  on: string,
  column: string | undefined,
): Behavior | undefined {
  if (!node) return undefined
  const found = BEHAVIORS[node.what]
  const [kinds, words] = ALLOWED[op]
  if (kinds.includes(found)) return found
  const exists = op === 'EXISTS' ? ' EXISTS' : ''
  const where =
    column === undefined ? `for JSON_${op}()` : op === 'QUERY' ? 'for formatted columns' : `for${exists} columns`
  const message = column === undefined ? `invalid ${on} behavior` : `invalid ${on} behavior for column "${column}"`
  throw bindError('42601', message, node, { detail: `Only ${words} is allowed in ${on} ${where}.` })
}

/** One value for all rows. */
function defaultOf(st: Statement, expr: JsonBehavior['expr'] & {}, returns: SqlType, place: ExprPlace): Scalar {
  const bound = st.bind.expr(st, expr, place)
  if (bound.kind === 'column' || slotsIn(bound).size > 0) {
    const message = 'can only specify a constant, non-aggregate function, or operator expression for DEFAULT'
    throw bindError('42804', message, expr)
  }
  if (someScalar(bound, (s) => s.kind === 'column')) {
    throw bindError('42804', 'DEFAULT expression must not contain column references', expr)
  }
  return coerce(st, bound, returns, 'explicit', expr)
}
