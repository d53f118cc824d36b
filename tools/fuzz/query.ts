import type { Choices, Production } from './choices.ts'
import { expression } from './expressions.ts'
import { fromItem } from './from.ts'
import { grouping } from './grouping.ts'
import { below, type MadeQuery, type Maker, Names, type Relation, type Scope, someType } from './scope.ts'
import type { Type } from './values.ts'
import { windowFunction } from './windows.ts'

/** A random query over the tables. Its rows are the same however it is run, but for their order. */
export function randomQuery(tables: readonly Relation[], choices: Choices): string {
  const maker: Maker = {
    choices,
    names: new Names(),
    query: (scope, types) => parenthesised(queryOf(maker, scope, types)),
  }
  const depth = choices.below(5)
  return queryOf(maker, { leaves: [], outer: [], relations: tables, depth }, null).sql
}

const parenthesised = (made: MadeQuery): MadeQuery => ({ sql: `(${made.sql})`, types: made.types })

function queryOf(maker: Maker, scope: Scope, types: readonly Type[] | null): MadeQuery {
  const options: Production<MadeQuery>[] = [{ name: 'select', weight: 12, make: () => select(maker, scope, types) }]
  if (scope.depth > 0) {
    options.push({ name: 'set operation', weight: 2, make: () => setOperation(maker, scope, types) })
    options.push({ name: 'with', weight: 1, make: () => withQuery(maker, scope, types) })
    options.push({ name: 'with recursive', weight: 1, make: () => withRecursive(maker, scope, types) })
  }
  return maker.choices.production(options)
}

/** Of the columns' types that are wanted, or of some that the FROM clause offers. */
function select(maker: Maker, scope: Scope, wanted: readonly Type[] | null): MadeQuery {
  const { choices } = maker
  const from = choices.chance(4) && scope.outer.length > 0 ? null : fromItem(maker, scope)
  let inside: Scope = { ...scope, leaves: from?.leaves ?? [] }
  let clauses = from === null ? '' : ` FROM ${from.sql}`
  if (choices.chance(50)) clauses += ` WHERE ${expression(maker, inside, 'bool')}`
  if (choices.chance(30)) {
    choices.count('grouped')
    const { clause, leaves } = grouping(maker, inside)
    inside = { ...inside, leaves }
    clauses += clause
    if (choices.chance(25)) clauses += ` HAVING ${expression(maker, inside, 'bool', 1)}`
  }
  if (inside.leaves.length > 0 && choices.chance(20)) {
    const count = 1 + choices.below(2)
    const made = Array.from({ length: count }, () => windowFunction(maker, inside.leaves))
    inside = { ...inside, leaves: [...inside.leaves, ...made] }
  }
  const types = wanted ?? Array.from({ length: 1 + choices.below(3) }, () => someType(choices, inside))
  const list = types.map((type, i) => `${expression(maker, inside, type)} AS c${i}`).join(', ')
  return { sql: `SELECT ${tail(choices, types.length, list + clauses)}`, types }
}

/** What orders, limits or removes rows; where only some are kept, the order tells all of them apart. */
function tail(choices: Choices, columns: number, body: string): string {
  const order = (count: number) =>
    Array.from({ length: count }, (_, i) => `${i + 1}${choices.one(['', ' DESC', ' NULLS FIRST'])}`).join(', ')
  return choices.production<string>([
    { name: 'no tail', weight: 10, make: () => body },
    { name: 'distinct', weight: 2, make: () => `DISTINCT ${body}` },
    { name: 'limit', weight: 2, make: () => `${body} ORDER BY ${order(columns)} LIMIT ${choices.below(5)}` },
    { name: 'offset', weight: 1, make: () => `${body} ORDER BY ${order(columns)} LIMIT 3 OFFSET ${choices.below(4)}` },
    {
      name: 'with ties',
      weight: 1,
      make: () => `${body} ORDER BY ${order(1)} FETCH FIRST ${1 + choices.below(3)} ROWS WITH TIES`,
    },
    { name: 'distinct on', weight: 1, make: () => `DISTINCT ON (1) ${body} ORDER BY ${order(columns)}` },
  ])
}

function setOperation(maker: Maker, scope: Scope, wanted: readonly Type[] | null): MadeQuery {
  const side = (types: readonly Type[] | null) => maker.query({ ...scope, leaves: [], depth: scope.depth - 1 }, types)
  const operation = maker.choices.one(['UNION ALL', 'UNION', 'INTERSECT', 'INTERSECT ALL', 'EXCEPT', 'EXCEPT ALL'])
  maker.choices.count(operation)
  const left = side(wanted)
  return { sql: `${left.sql} ${operation} ${side(left.types).sql}`, types: left.types }
}

function withQuery(maker: Maker, scope: Scope, types: readonly Type[] | null): MadeQuery {
  const made = maker.query(below({ ...scope, leaves: [] }), null)
  const name = maker.names.next('w')
  const columns = made.types.map((type, i) => ({ name: `c${i}`, type }))
  const relations = [...scope.relations, { name, columns }]
  const body = afterWith(queryOf(maker, { ...scope, relations, depth: scope.depth - 1 }, types))
  return { sql: `WITH ${name}(${columns.map((c) => c.name).join(', ')}) AS ${made.sql} ${body.sql}`, types: body.types }
}

/** A query can have one WITH only; one that begins with another goes into a FROM clause. */
function afterWith(made: MadeQuery): MadeQuery {
  return made.sql.startsWith('WITH') ? { sql: `SELECT * FROM (${made.sql}) inner_query`, types: made.types } : made
}

/** What can be reached over the integers of two tables; it ends, because there are not many pairs of them. */
function withRecursive(maker: Maker, scope: Scope, types: readonly Type[] | null): MadeQuery {
  const { choices } = maker
  const tables = scope.relations.filter(({ columns }) => columns.some(({ name }) => name === 'b'))
  const name = maker.names.next('w')
  const columns = [
    { name: 'x', type: 'int' as const },
    { name: 'y', type: 'int' as const },
  ]
  const table = () => choices.one(tables).name
  const step = choices.one([
    `SELECT ${name}.x, e.b FROM ${name} JOIN ${table()} e ON e.a = ${name}.y`,
    `SELECT ${name}.x, ${name}.y + 1 FROM ${name} WHERE ${name}.y < 4`,
    `SELECT e.b, ${name}.x FROM ${table()} e, ${name} WHERE e.a = ${name}.y AND e.b > 0`,
  ])
  const relations = [...scope.relations, { name, columns }]
  const body = afterWith(queryOf(maker, { ...scope, relations, depth: scope.depth - 1 }, types))
  const sql = `WITH RECURSIVE ${name}(x, y) AS (SELECT a, b FROM ${table()} UNION ${step}) ${body.sql}`
  return { sql, types: body.types }
}
