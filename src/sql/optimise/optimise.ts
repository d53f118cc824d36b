import type { Logical } from '../../plan/logical.ts'
import { dateBounds } from './date-bounds.ts'
import { disjunctions } from './disjunctions.ts'
import { distinctKeys } from './distinct-keys.ts'
import { eagerAggregation } from './eager-aggregation.ts'
import { filterDown } from './filter-down.ts'
import { fold } from './fold.ts'
import { fuse } from './fuse.ts'
import { inlineLet } from './inline-let.ts'
import { joinOrder } from './join-order.ts'
import { needlessJoins } from './needless-joins.ts'
import { outerToInner } from './outer-to-inner.ts'
import { presence } from './presence.ts'
import { prune } from './prune.ts'
import type { Facts, Rule } from './rule.ts'
import { topK } from './top-k.ts'
import { topKDown } from './top-k-down.ts'
import { transitive } from './transitive.ts'

/** The rules in the order in which they run. Some run twice: pruning opens what folding and fusing could not see. */
export const RULES: readonly Rule[] = [
  fold,
  dateBounds,
  inlineLet,
  fuse,
  disjunctions,
  filterDown,
  outerToInner,
  transitive,
  filterDown,
  needlessJoins,
  joinOrder,
  eagerAggregation,
  presence,
  fold,
  topK,
  topKDown,
  prune,
  distinctKeys,
  inlineLet,
  fuse,
]

export const optimise = (plan: Logical, facts: Facts, rules = RULES): Logical =>
  rules.reduce((p, rule) => rule.apply(p, facts), plan)
