import type { TypeEntry } from '../../catalog/entry.ts'
import { domainConstraints } from '../../catalog/pg-constraints.ts'
import { pgType, typeOid, typmodOf } from '../../types/pg-type.ts'
import { FLOAT4, NAME, OID } from '../../types/sql-type.ts'
import { userArrayOid } from '../../types/user-type.ts'
import type { Row } from '../../types/value.ts'
import type { World } from '../world.ts'
import { column } from './columns.ts'
import { OWNER_OID } from './pg-facts.ts'
import type { SystemRelation } from './relation.ts'

export const PG_ENUM: SystemRelation = {
  schema: 'pg_catalog',
  name: 'pg_enum',
  rowType: [column('oid', OID), column('enumtypid', OID), column('enumsortorder', FLOAT4), column('enumlabel', NAME)],
  *rows({ world }): Iterable<Row> {
    for (const entry of world.catalog.all())
      if (entry.kind === 'type')
        for (const { oid, order, label } of entry.labels ?? []) yield [oid, entry.id, Math.fround(order), label]
  },
}

/** The rows of pg_type of what users made, and of the arrays of it. */
export function* userTypeRows(world: World): Iterable<Row> {
  for (const entry of world.catalog.all()) {
    if (entry.kind !== 'type') continue
    yield ownRow(entry)
    yield arrayRow(entry)
  }
}

function ownRow(entry: TypeEntry): Row {
  const { id, name, schema, rules, type } = entry
  const { typlen, category } = pgType(type)
  const letter = rules !== undefined ? 'd' : type.kind === 'enum' ? 'e' : 'c'
  const prefix = { d: 'domain', e: 'enum', c: 'record' }[letter]
  const base = rules === undefined ? null : pgType(rules.base)
  const element = rules?.base.element
  return [
    id,
    name,
    schema,
    OWNER_OID,
    typlen,
    typlen > 0 && typlen <= 8,
    letter,
    category,
    false,
    true,
    ',',
    letter === 'c' ? id : 0,
    element === undefined ? '-' : 'array_subscript_handler',
    element === undefined ? 0 : typeOid(element),
    userArrayOid(id),
    `${prefix}_in`,
    `${base?.name ?? prefix}${base === null ? '_out' : 'out'}`,
    `${prefix}_recv`,
    `${base?.name ?? prefix}${base === null ? '_send' : 'send'}`,
    rules?.notNull ?? false,
    rules === undefined ? 0 : typeOid(rules.base),
    rules === undefined ? -1 : typmodOf(rules.base),
    0,
    base?.category === 'S' ? 100 : 0,
    rules?.defaultSql ?? null,
    null,
  ]
}

function arrayRow({ id, name, schema }: TypeEntry): Row {
  const io = ['array_in', 'array_out', 'array_recv', 'array_send']
  const facts = [-1, false, 'b', 'A', false, true, ',', 0, 'array_subscript_handler', id, 0]
  return [userArrayOid(id), `_${name}`, schema, OWNER_OID, ...facts, ...io, false, 0, -1, 0, 0, null, null]
}

/** The CHECKs of domains, as pg_constraint has them. */
export function* domainConstraintRows(world: World): Iterable<Row> {
  for (const { oid, name, domain, definition } of domainConstraints(world.catalog)) {
    const facts = [oid, name, domain.schema, 'c', false, false, true, 0, domain.id, 0, 0, 0]
    const expression = definition(false).slice('CHECK '.length)
    yield [...facts, ' ', ' ', ' ', true, 0, false, null, null, expression]
  }
}
