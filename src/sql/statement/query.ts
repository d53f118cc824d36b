import type { Query } from '../../../grammar/ast.ts'
import { assert } from '../../base/assert.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogSnapshot } from '../../catalog/entry.ts'
import type { Logical } from '../../plan/logical.ts'
import { logicalScalars, mapLogicalScalars, rewriteLogical, visitLogical } from '../../plan/logical-walk.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { rewriteScalar } from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import type { Statement } from '../bind/context.ts'
import { bindTopQuery } from '../bind/query.ts'
import type { Origin } from '../bind/scope.ts'
import { slotsIn } from '../bind/slot.ts'
import { withoutArrival } from '../choose/arrival.ts'
import { choose } from '../choose/choose.ts'
import { closed, closes, type Emission } from '../choose/close.ts'
import { closing } from '../choose/closing.ts'
import { type TimeToLive, withLeaving } from '../choose/leaving.ts'
import { withoutSessionEnds } from '../choose/session-ends.ts'
import { optimise } from '../optimise/optimise.ts'
import type { FieldOrigin, PlannedRead, PlanningContext } from '../planned.ts'
import { CHANGES, eventTimes, takeEmission } from './emission.ts'
import { bindEnv, planFacts } from './env.ts'
import { findLookup } from './lookup.ts'

/** A SELECT, VALUES or TABLE that a client reads. `wanted`: types that its columns must be assigned to. */
export function planQuery(node: Query, context: PlanningContext, wanted?: readonly SqlType[]): PlannedRead {
  const st = newStatement(bindEnv(context))
  const { locking, ...rest } = node
  const { query, emission } = takeEmission(st, { ...rest, locking: [] })
  const bound = bindTopQuery(st, query, null, null, wanted)
  const paramTypes = st.checkParams(node)
  const { raw, optimised, physical } = plans(st, bound.plan, context, false, emission)
  for (const notice of st.stream.notices) context.notice(notice)
  const { finishing } = bound
  const lookup = findLookup(optimised, context.catalog)
  const row = optimised.rowType
  return {
    kind: 'read',
    request: { plan: physical, finishing, fields: finishing.project.map((c) => row[c]), lookup },
    origins: bound.origins.map(fieldOrigin),
    paramTypes,
    raw,
    optimised,
    reads: [...st.reads].sort((a, b) => a - b),
    lock: locking.length === 0 ? null : rowLock(locking, lookup, context.catalog),
    ofMoment: st.stream.ofMoment,
  }
}

/** FOR UPDATE and FOR SHARE lock rows of one table by primary key. */
function rowLock(
  locking: Query['locking'],
  lookup: PlannedRead['request']['lookup'],
  catalog: CatalogSnapshot,
): PlannedRead['lock'] {
  const [clause] = locking
  if (locking.length > 1 || clause.of.length > 0) throw notSupported('FOR … OF', clause.span)
  if (clause.wait) throw notSupported(clause.wait, clause.span)
  const entry = lookup && catalog.byId(lookup.object)
  if (!lookup || entry?.kind !== 'table' || entry.primaryKey !== lookup.columns) {
    throw notSupported(`FOR ${clause.strength} of rows that are not given by a whole primary key`, clause.span)
  }
  return { table: lookup.object, keys: lookup.keys }
}

const fieldOrigin = (origin: Origin | null): FieldOrigin =>
  origin ? { tableOid: origin.object, columnNumber: origin.column + 1 } : { tableOid: 0, columnNumber: 0 }

export interface Plans {
  readonly raw: Logical
  readonly optimised: Logical
  readonly physical: PhysicalPlan
  /** Whether time closes anything in it. */
  readonly closes: boolean
}

/** Bound → optimised → physical. `maintained`: the result is kept up to date. */
export function plans(
  st: Statement,
  bound: Logical,
  { catalog, rules, statistics }: Pick<PlanningContext, 'catalog' | 'rules' | 'statistics'>,
  maintained = false,
  emission: Emission = CHANGES,
  ttl: TimeToLive | null = null,
): Plans {
  const typed = withParamTypes(st, bound)
  const raw = maintained || emission.mode === 'close' ? typed : withoutArrival(typed)
  assertLowered(raw)
  const facts = planFacts(catalog, statistics)
  const optimised = optimise(raw, facts, rules)
  const chosen = { ...facts, maintained }
  const physical = choose(optimised, chosen)
  const times = eventTimes(catalog, st.stream)
  const leaving = (plan: PhysicalPlan) => (maintained ? withLeaving(plan, emission, ttl) : plan)
  if (emission.mode !== 'close' && !closes(closing(physical.nodes, times))) {
    // Whose end closes nothing needs it in no row.
    const lean = maintained ? withoutSessionEnds(optimised) : optimised
    const made = lean === optimised ? physical : choose(lean, chosen)
    return { raw, optimised: lean, physical: leaving(made), closes: false }
  }
  return { raw, optimised, physical: leaving(closed(physical, times, emission, optimised.rowType)), closes: true }
}

/** A parameter met before its type was known takes the one found later. */
function withParamTypes(st: Statement, plan: Logical): Logical {
  return rewriteLogical(plan, (p) => mapLogicalScalars(p, (s) => paramsTyped(st, s)))
}

export const paramsTyped = (st: Statement, s: Scalar): Scalar =>
  rewriteScalar(s, (x) => (x.kind === 'param' && x.type.kind === 'unknown' ? { ...x, type: st.paramType(x.index) } : x))

function assertLowered(plan: Logical): void {
  visitLogical(plan, (p) => {
    for (const s of logicalScalars(p)) assert(slotsIn(s).size === 0, 'no slot is left in a bound plan')
  })
}
