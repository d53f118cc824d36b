import type { CatalogSnapshot } from '../../catalog/entry.ts'
import { objectLookup } from '../../catalog/object-lookup.ts'
import { growsOnly } from '../../catalog/watermark.ts'
import type { BindEnv } from '../bind/context.ts'
import type { ChooseFacts } from '../choose/choose-facts.ts'
import type { Facts } from '../optimise/rule.ts'
import type { PlanningContext } from '../planned.ts'

export function bindEnv(context: PlanningContext): BindEnv {
  const { catalog, user, database, searchPath, timeZone, floatDigits, nowMicros } = context
  return {
    catalog,
    database,
    searchPath,
    paramTypes: context.paramTypes.map((t) => t ?? undefined),
    evalEnv: {
      nowMicros,
      timeZone,
      floatDigits,
      user,
      database,
      searchPath,
      setting: (name) => context.setting(name),
      objects: objectLookup(catalog, context),
      // Nothing volatile is evaluated while planning.
      random: () => 0,
    },
  }
}

export function planFacts(catalog: CatalogSnapshot, statistics?: Facts['statistics']): Facts & ChooseFacts {
  return {
    statistics,
    primaryKey(object) {
      const entry = catalog.byId(object)
      return entry?.kind === 'table' ? entry.primaryKey : entry?.kind === 'source' ? entry.upsertKey : null
    },
    places(object) {
      const entry = catalog.byId(object)
      if (entry?.kind !== 'source') return null
      const { include } = entry.connector
      const of = (what: 'partition' | 'offset') => include.find((i) => i.what === what)?.column ?? null
      const [partition, offset] = [of('partition'), of('offset')]
      return partition === null && offset === null ? null : { source: entry.name, partition, offset }
    },
    closesTime(object) {
      const entry = catalog.byId(object)
      return entry?.kind === 'materializedView' && (entry.bounds?.length ?? 0) > 0
    },
    mortal(object) {
      const entry = catalog.byId(object)
      return entry?.kind === 'table' && entry.ttlMicros != null
    },
    appendOnly(object) {
      const entry = catalog.byId(object)
      if (entry?.kind === 'table') return growsOnly(entry)
      return entry?.kind === 'source' && entry.upsertKey === null && entry.connector.envelope.kind === 'none'
    },
  }
}
