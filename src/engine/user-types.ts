import { SqlError } from '../base/sql-error.ts'
import type { CheckConstraint, DomainRules, TypeEntry } from '../catalog/entry.ts'
import type { Scalar } from '../plan/scalar.ts'
import { compileRow } from '../render/closure.ts'
import { makeFrame } from '../render/compile-context.ts'
import { buildColumn } from '../types/column-build.ts'
import { userTypeName } from '../types/pg-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { UserType } from '../types/user-type.ts'
import type { Datum } from '../types/value.ts'
import { FIXED_ENV } from './fixed-env.ts'
import type { World } from './world.ts'

/** Makes what runs know a type as the catalog has it by now. */
export function learnType(world: World, entry: TypeEntry): UserType {
  const { id, name, labels, rules } = entry
  const schema = world.catalog.byId(entry.schema)?.name ?? 'public'
  const user = world.types.learn(id, { name, schema, ...(labels && { labels }) })
  if (rules !== undefined) user.checkBy(domainCheck(world, rules))
  return user
}

/** What a domain is over is checked before it, as in PostgreSQL. */
function domainCheck(world: World, rules: DomainRules): (value: Datum, as: UserType) => void {
  const { base, notNull } = rules
  const checks = rules.checks.map((check) => ({ name: check.name, passes: checkOf(world, check, base) }))
  return (value, as) => {
    base.domain?.check(value, as)
    const name = userTypeName(as)
    if (value === null && notNull) throw new SqlError('23502', `domain ${name} does not allow null values`)
    for (const check of checks) {
      if (check.passes(value)) continue
      throw new SqlError('23514', `value for domain ${name} violates check constraint "${check.name}"`, {
        constraint: check.name,
      })
    }
  }
}

/** Whether a value passes one CHECK: NULL does. */
export function checkOf(world: World, check: CheckConstraint, base: SqlType): (value: Datum) => boolean {
  const run = compileRow(check.expr as Scalar, { env: FIXED_ENV, params: [] })
  const frame = makeFrame(FIXED_ENV)
  return (value) => {
    frame.at({ nowMicros: world.clock.lastNowMicros })
    return run([buildColumn(base, [value])], 0, frame) !== false
  }
}
