import { SqlError } from '../base/sql-error.ts'
import { withoutModifiers } from '../types/modifiers.ts'
import { pgType, typeName } from '../types/pg-type.ts'
import { type SqlType, sameBaseType, sameType } from '../types/sql-type.ts'
import { findCast } from './cast.ts'

const implicit = (from: SqlType, to: SqlType): boolean => findCast(from, to, 'implicit') !== undefined

/**
 * The one type of several expressions (UNION, CASE, VALUES, COALESCE, ARRAY, GREATEST): PostgreSQL's rule. Literals of
 * unknown type follow the others, text when there are no others; modifiers stay when all agree (literals have none).
 */
export function commonType(types: readonly SqlType[], context: string): SqlType {
  const known = types.filter((type) => type.kind !== 'unknown')
  if (known.length === 0) return { kind: 'text' }
  const result = commonOf(types)
  if (result !== undefined) return result
  const first = known[0]
  const other = known.find((type) => pgType(type).category !== pgType(first).category) ?? known[known.length - 1]
  const [a, b] = [typeName(first), typeName(other)]
  if (pgType(first).category === pgType(other).category && !sameBaseType(first, other)) {
    throw new SqlError('42846', `${context} could not convert type ${b} to ${a}`)
  }
  throw new SqlError('42804', `${context} types ${a} and ${b} cannot be matched`)
}

/** The same without an error. */
export function commonOf(types: readonly SqlType[]): SqlType | undefined {
  const known = types.filter((type) => type.kind !== 'unknown')
  if (known.length === 0) return { kind: 'text' }
  let result = known[0]
  if (known.length === types.length && known.every((type) => sameType(type, result))) return result
  for (const type of known) {
    if (sameBaseType(type, result)) continue
    if (pgType(type).category !== pgType(result).category) return undefined
    if (pgType(result).preferred !== true && implicit(result, type) && !implicit(type, result)) result = type
  }
  const chosen = withoutModifiers(result)
  return known.every((type) => implicit(type, chosen)) ? chosen : undefined
}
