import type { Production } from './choices.ts'
import { expression } from './expressions.ts'
import { below, type Leaf, type Maker, type Relation, type Scope } from './scope.ts'
import { literal, TYPES, type Type } from './values.ts'

/** A FROM item and what it lets one name. */
export interface From {
  readonly sql: string
  readonly leaves: readonly Leaf[]
  /** A join without parentheses around it. */
  readonly joined: boolean
}

export function fromItem(maker: Maker, scope: Scope, joins = 2): From {
  const { choices } = maker
  const options: Production<From>[] = [
    { name: 'table', weight: 6, make: () => relation(maker, choices.one(scope.relations)) },
  ]
  if (joins > 0) {
    options.push({ name: 'join', weight: 5, make: () => join(maker, scope, joins - 1) })
    options.push({ name: 'join using', weight: 1, make: () => joinUsing(maker, scope) })
  }
  if (scope.depth > 0) options.push({ name: 'derived table', weight: 2, make: () => derived(maker, scope) })
  if (scope.depth > 0 && joins > 0)
    options.push({ name: 'lateral', weight: 1, make: () => lateral(maker, scope, joins - 1) })
  options.push({ name: 'values', weight: 1, make: () => values(maker) })
  options.push({ name: 'generate_series', weight: 1, make: () => series(maker, scope) })
  return choices.production(options)
}

const column = (alias: string, name: string, type: Type): Leaf => ({ sql: `${alias}.${name}`, type, inner: true })

function relation(maker: Maker, { name, columns }: Relation): From {
  const alias = maker.names.next('r')
  return { sql: `${name} ${alias}`, leaves: columns.map((c) => column(alias, c.name, c.type)), joined: false }
}

const KINDS = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'CROSS JOIN'] as const

function join(maker: Maker, scope: Scope, joins: number): From {
  const { choices } = maker
  const left = fromItem(maker, scope, joins)
  const right = fromItem(maker, scope, joins)
  const leaves = [...left.leaves, ...right.leaves]
  const pairs = left.leaves.flatMap((l) =>
    right.leaves.filter((r) => r.type === l.type).map((r) => `${l.sql} = ${r.sql}`),
  )
  const wanted = choices.one(KINDS)
  // PostgreSQL makes full joins of equalities only.
  const kind = wanted === 'FULL JOIN' && pairs.length === 0 ? 'LEFT JOIN' : wanted
  choices.count(kind)
  if (kind === 'CROSS JOIN') return { sql: `${left.sql} CROSS JOIN ${parenthesised(right)}`, leaves, joined: true }
  const conditions = pairs.length === 0 ? [] : [choices.one(pairs)]
  if (kind !== 'FULL JOIN' && (conditions.length === 0 || choices.chance(25)))
    conditions.push(expression(maker, { ...scope, leaves, depth: Math.min(scope.depth, 1) }, 'bool', 1))
  return { sql: `${left.sql} ${kind} ${parenthesised(right)} ON ${conditions.join(' AND ')}`, leaves, joined: true }
}

const parenthesised = ({ sql, joined }: From): string => (joined ? `(${sql})` : sql)

/** Every table has integers `a` and `b`. */
function joinUsing(maker: Maker, scope: Scope): From {
  const { choices } = maker
  const tables = scope.relations.filter(({ columns }) => columns.some(({ name }) => name === 'b'))
  if (tables.length === 0) return values(maker)
  const left = relation(maker, choices.one(tables))
  const right = relation(maker, choices.one(tables))
  const kind = choices.one(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])
  const names = choices.one(['a', 'b', 'a, b'])
  return {
    sql: `(${left.sql} ${kind} ${right.sql} USING (${names}))`,
    leaves: [...left.leaves, ...right.leaves],
    joined: false,
  }
}

function derived(maker: Maker, scope: Scope): From {
  const { sql, types } = maker.query({ ...below({ ...scope, leaves: [] }) }, null)
  return aliased(maker, sql, types)
}

function aliased(maker: Maker, sql: string, types: readonly Type[]): From {
  const alias = maker.names.next('q')
  const names = types.map((_, i) => `c${i}`)
  return {
    sql: `${sql} ${alias}(${names.join(', ')})`,
    leaves: types.map((type, i) => column(alias, names[i]!, type)),
    joined: false,
  }
}

function lateral(maker: Maker, scope: Scope, joins: number): From {
  const left = fromItem(maker, scope, joins)
  const made = maker.query(below({ ...scope, leaves: left.leaves }), null)
  const right = aliased(maker, made.sql, made.types)
  const kind = maker.choices.one(['CROSS JOIN LATERAL', 'LEFT JOIN LATERAL'])
  const condition = kind === 'LEFT JOIN LATERAL' ? ' ON true' : ''
  return {
    sql: `${left.sql} ${kind} ${right.sql}${condition}`,
    leaves: [...left.leaves, ...right.leaves],
    joined: true,
  }
}

function values(maker: Maker): From {
  const { choices } = maker
  const types = [choices.one(TYPES), choices.one(TYPES)]
  const rows = Array.from(
    { length: 1 + choices.below(3) },
    () => `(${types.map((t) => literal(t, choices)).join(', ')})`,
  )
  return aliased(maker, `(VALUES ${rows.join(', ')})`, types)
}

function series(maker: Maker, scope: Scope): From {
  const alias = maker.names.next('g')
  const end = scope.outer.find((leaf) => leaf.type === 'int')
  const last = end !== undefined && maker.choices.chance(50) ? `least(${end.sql}, 4)` : '3'
  return { sql: `generate_series(1, ${last}) ${alias}(n)`, leaves: [column(alias, 'n', 'int')], joined: false }
}
