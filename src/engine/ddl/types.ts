import { SqlError } from '../../base/sql-error.ts'
import type { TypeEntry } from '../../catalog/entry.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { labelOid } from '../../sql/ddl/types.ts'

import { datumAt, isNullAt } from '../../types/column-read.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { userTypesOf } from '../../types/user-types.ts'
import type { CallContext } from '../api.ts'
import { checkOf, learnType } from '../user-types.ts'
import type { World } from '../world.ts'
import { checkStillThere, type DdlDeps, exists } from './deps.ts'
import { outOfUse, unchangedCheck } from './out-of-use.ts'
import { refuseReadLabels, refuseReadRules, sourcesOf } from './type-uses.ts'

type Plan<K extends DdlPlan['kind']> = Extract<DdlPlan, { kind: K }>

export async function createType(deps: DdlDeps, plan: Plan<'createType'>, call: CallContext): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    exists(deps, plan, call, 'type')
    checkStillThere(deps, [plan.schema, ...plan.dependsOn])
    const id = world.catalog.nextId
    const { name, schema, sql, dependsOn, rules } = plan
    const labels = plan.labels?.map((label, i) => ({ oid: labelOid(id, i), order: i + 1, label }))
    const entry: TypeEntry = {
      kind: 'type',
      id,
      name,
      schema,
      sql,
      dependsOn,
      type: typeOf(world, id, plan),
      ...(labels && { labels }),
      ...(rules && { rules }),
    }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    learnType(world, entry)
    await deps.checkpoint()
  })
}

function typeOf(world: World, id: number, { labels, rules, fields }: Plan<'createType'>): SqlType {
  const user = world.types.of(id)
  if (rules !== undefined) return { ...rules.base, domain: user }
  return labels === undefined ? { kind: 'record', fields: fields!, user } : { kind: 'enum', user }
}

/** Values are places in the order of the labels: none of them changes. What made a view of labels would be told differently. */
export async function alterEnum(deps: DdlDeps, plan: Plan<'alterEnum'>): Promise<void> {
  const { world } = deps
  const checkUnchanged = unchangedCheck(world, [plan.object])
  await world.exclusive.run(async () => {
    checkUnchanged()
    refuseReadLabels(world, plan.object, plan.renames)
    const sources = sourcesOf(world, plan.object)
    const entry = { ...(world.catalog.byId(plan.object) as TypeEntry), labels: plan.labels }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    learnType(world, entry)
    await deps.checkpoint()
    for (const source of sources) {
      if (!source.live) continue
      await source.stop()
      deps.hydration.openSource(source)
    }
  })
}

/** New rules hold for what is stored, and for every value from now on. */
export async function alterDomain(deps: DdlDeps, plan: Plan<'alterDomain'>, call: CallContext): Promise<void> {
  const { world } = deps
  const checkUnchanged = unchangedCheck(world, [plan.object])
  const tables = [...world.catalog.all()].filter((e) => e.kind === 'table').map((e) => e.id)
  await outOfUse(world, tables, call)
  await world.exclusive.run(async () => {
    checkUnchanged()
    refuseReadRules(world, plan.object)
    const before = world.catalog.byId(plan.object) as TypeEntry
    if (plan.checked.notNull || plan.checked.checks.length > 0) checkStored(world, before, plan.checked)
    const entry = { ...before, rules: plan.rules }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    learnType(world, entry)
    await deps.checkpoint()
  })
}

/** The columns of tables that are of the domain, or of one over it. */
function checkStored(world: World, domain: TypeEntry, checked: Plan<'alterDomain'>['checked']): void {
  const family = new Set([domain.id, ...over(world, domain.id)])
  const tests = checked.checks.map((check) => checkOf(world, check, domain.rules!.base))
  for (const { entry } of world.tables.values()) {
    for (const column of entry.columns) {
      const within = [...userTypesOf(column.type)].some((user) => family.has(user.oid))
      if (!within || family.has(column.type.domain?.oid ?? 0)) continue
      const where = `column "${entry.name}.${column.name}"`
      throw new SqlError('0A000', `cannot alter type "${domain.name}" because ${where} uses it`)
    }
  }
  for (const { entry, rows } of world.tables.values()) {
    for (const [c, column] of entry.columns.entries()) {
      if (!family.has(column.type.domain?.oid ?? 0)) continue
      for (const batch of rows.scan()) {
        const values = batch.cols[c]!
        for (let i = 0; i < batch.n; i++) {
          const where = `column "${column.name}" of table "${entry.name}"`
          if (checked.notNull && isNullAt(values, i)) throw new SqlError('23502', `${where} contains null values`)
          const value = datumAt(values, i, column.type)
          if (!tests.every((passes) => passes(value)))
            throw new SqlError('23514', `${where} contains values that violate the new constraint`)
        }
      }
    }
  }
}

/** Domains over a domain, and over those. */
function over(world: World, id: number): number[] {
  return world.catalog.dependants(id).flatMap((reader) => {
    const entry = world.catalog.byId(reader)
    return entry?.kind === 'type' && entry.rules?.base.domain?.oid === id ? [reader, ...over(world, reader)] : []
  })
}
