import { unreachable } from '../base/assert.ts'
import { scalarById } from '../functions/lookup.ts'
import { membersOf } from '../functions/rows-from.ts'
import type { Scalar } from '../plan/scalar.ts'
import { formatType } from '../types/pg-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { formatText } from '../types/text.ts'
import type { Datum } from '../types/value.ts'

/** A scalar as EXPLAIN prints it: `names` are those of the input's columns. */
export function scalarText(s: Scalar, names: readonly string[]): string {
  const list = (items: readonly Scalar[], separator = ', '): string =>
    items.map((i) => scalarText(i, names)).join(separator)
  switch (s.kind) {
    case 'column':
      return `#${s.index}${names[s.index] ? `:${names[s.index]}` : ''}`
    case 'const':
      return datumText(s.value, s.type)
    case 'param':
      return `$${s.index + 1}`
    case 'call': {
      const fn = scalarById(s.fn)
      if (fn?.operator && s.args.length === 2) return `(${list(s.args, ` ${fn.operator} `)})`
      if (fn?.operator) return `(${fn.operator} ${list(s.args)})`
      return `${fn?.name ?? s.fn}(${list(s.args)})`
    }
    case 'cast':
      return `${scalarText(s.arg, names)}::${formatType(s.type)}`
    case 'and':
      return `(${list(s.args, ' AND ')})`
    case 'or':
      return `(${list(s.args, ' OR ')})`
    case 'not':
      return `NOT ${scalarText(s.arg, names)}`
    case 'isNull':
      return `(${scalarText(s.arg, names)} IS ${s.negated ? 'NOT ' : ''}NULL)`
    case 'distinctFrom':
      return `(${scalarText(s.left, names)} IS ${s.negated ? 'NOT ' : ''}DISTINCT FROM ${scalarText(s.right, names)})`
    case 'case': {
      const arms = s.arms.map((a) => ` WHEN ${scalarText(a.when, names)} THEN ${scalarText(a.then, names)}`).join('')
      return `CASE${arms} ELSE ${scalarText(s.otherwise, names)} END`
    }
    case 'coalesce':
      return `COALESCE(${list(s.args)})`
    case 'anyAll': {
      const op = scalarById(s.fn)?.operator ?? s.fn
      return `(${scalarText(s.left, names)} ${op} ${s.all ? 'ALL' : 'ANY'} (${scalarText(s.array, names)}))`
    }
    case 'inList':
      return `(${scalarText(s.arg, names)} IN (${s.values.map((v) => datumText(v, s.arg.type)).join(', ')}))`
    case 'array':
      return `ARRAY[${list(s.items)}]`
    case 'row':
      return `ROW(${list(s.items)})`
    case 'error':
      return `error(${s.sqlstate}, '${s.message}')`
    default:
      return unreachable(s)
  }
}

const BARE: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'])

export function datumText(value: Datum, type: SqlType): string {
  if (value === null) return 'NULL'
  if (type.kind === 'bool') return value === true ? 'true' : 'false'
  const text = formatText(value, type)
  return BARE.has(type.kind) ? text : `'${text.replaceAll("'", "''")}'`
}

/** A call of a table function; several of them that run side by side. */
export function tableCallText(fn: string, args: readonly string[]): string {
  const members = membersOf(fn)
  if (members === null) return `${nameOf(fn)}(${args.join(', ')})`
  let from = 0
  const calls = members.map(([name, count]) => {
    const own = args.slice(from, (from += count)).join(', ')
    return name === null ? own : `${nameOf(name)}(${own})`
  })
  return `rows from (${calls.join(', ')})`
}

const nameOf = (fn: string): string => fn.replace(/\(.*$/, '')
