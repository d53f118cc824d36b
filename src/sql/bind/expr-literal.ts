import type { Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant, FALSE, TRUE } from '../../plan/scalar-walk.ts'
import { BIT, INT4, INT8, INTERVAL, NUMERIC, UNKNOWN, withoutDomain } from '../../types/sql-type.ts'
import { hexBits } from '../../types/text/bits.ts'
import type { Interval } from '../../types/value.ts'
import { resolveType } from '../type-name.ts'
import { bindError } from './bind-error.ts'
import { coerce, parseLiteral } from './coerce.ts'
import type { Statement } from './context.ts'
import { handled } from './handled.ts'
import { callFunction } from './overload.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

/** int4, else int8, else numeric, as PostgreSQL types a written number. */
export function bindNumber(st: Statement, node: Node<'number'>, negative = false): Scalar {
  handled(node, ['text', 'integer'])
  const text = negative ? `-${node.text}` : node.text
  if (node.integer) {
    const value = BigInt(text)
    if (value >= -2147483648n && value <= 2147483647n) return constant(Number(value), INT4)
    if (value >= -(2n ** 63n) && value < 2n ** 63n) {
      const safe = value >= -9007199254740991n && value <= 9007199254740991n
      return constant(safe ? Number(value) : value, INT8)
    }
  }
  return constant(parseLiteral(st, text, NUMERIC, node), NUMERIC)
}

export function bindString(st: Statement, node: Node<'string'>): Scalar {
  handled(node, ['value'])
  const literal = constant(node.value, UNKNOWN)
  st.literals.set(literal, node)
  return literal
}

/** B'101', X'1F'. */
export function bindBitString(_st: Statement, node: Node<'bitString'>): Scalar {
  handled(node, ['base', 'digits'])
  return constant(node.base === 2 ? node.digits : hexBits(node.digits), BIT)
}

export const bindNull = (_st: Statement, node: Node<'null'>): Scalar => {
  handled(node, [])
  return constant(null, UNKNOWN)
}

export function bindBoolean(_st: Statement, node: Node<'boolean'>): Scalar {
  handled(node, ['value'])
  return node.value ? TRUE : FALSE
}

export function bindTypedLiteral(st: Statement, node: Node<'typedLiteral'>): Scalar {
  handled(node, ['type', 'value'])
  const type = resolveType(node.type, st)
  const at = { span: node.valueSpan }
  const literal = constant(parseLiteral(st, node.value, withoutDomain(type), at), withoutDomain(type))
  return type.domain === undefined ? literal : coerce(st, literal, type, 'explicit', at)
}

/** A bare number counts in the last field; then the fields cut off what is finer, as PostgreSQL does. */
export function bindInterval(st: Statement, node: Node<'interval'>): Scalar {
  handled(node, ['value', 'fields', 'precision'])
  if (node.precision !== undefined) throw notSupported('INTERVAL with a precision', node.span)
  const last = node.fields?.split(' ').at(-1)?.toLowerCase()
  const bare = last !== undefined && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(node.value)
  if (node.fields && !bare && /WEEK|QUARTER|MILLISECOND/.test(node.fields)) {
    throw notSupported(`INTERVAL … ${node.fields} of this text`, node.span)
  }
  let text = node.value
  if (bare) text = last === 'quarter' ? `${Number(node.value) * 3} month` : `${node.value} ${last}`
  const value = parseLiteral(st, text, INTERVAL, { span: node.valueSpan }) as Interval
  return constant(node.fields ? cutInterval(value, node.fields) : value, INTERVAL)
}

const HOUR_MICROS = 3_600_000_000
const MINUTE_MICROS = 60_000_000

function cutInterval(v: Interval, fields: string): Interval {
  const to = fields.split(' ').at(-1)
  switch (to) {
    case 'YEAR':
      return { months: Math.trunc(v.months / 12) * 12, days: 0, micros: 0 }
    case 'MONTH':
      return { months: v.months, days: 0, micros: 0 }
    case 'DAY':
      return { ...v, micros: 0 }
    case 'HOUR':
      return { ...v, micros: Math.trunc(v.micros / HOUR_MICROS) * HOUR_MICROS }
    case 'MINUTE':
      return { ...v, micros: Math.trunc(v.micros / MINUTE_MICROS) * MINUTE_MICROS }
    default:
      return v
  }
}

export function bindParam(st: Statement, node: Node<'param'>): Scalar {
  handled(node, ['index'])
  if (node.index < 1 || node.index > 65535) throw bindError('42P02', `there is no parameter $${node.index}`, node)
  const index = node.index - 1
  // Types are inferred at the first use that asks for one.
  if (st.params[index] === undefined) st.inferParam(index, UNKNOWN)
  return { kind: 'param', index, type: st.paramType(index) }
}

const SQL_VALUES: Readonly<Record<Node<'sqlValue'>['name'], string>> = {
  current_date: 'current_date',
  current_time: 'current_time',
  current_timestamp: 'now',
  localtime: 'localtime',
  localtimestamp: 'localtimestamp',
  current_role: 'current_user',
  current_user: 'current_user',
  user: 'current_user',
  session_user: 'session_user',
  system_user: 'system_user',
  current_catalog: 'current_database',
  current_schema: 'current_schema',
}

export function bindSqlValue(st: Statement, node: Node<'sqlValue'>): Scalar {
  handled(node, ['name', 'precision'])
  if (node.precision !== undefined) throw notSupported(`${node.name} with a precision`, node.span)
  return callFunction(st, SQL_VALUES[node.name], [], node)
}
