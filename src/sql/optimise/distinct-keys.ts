import { rewriteLogical } from '../../plan/logical-walk.ts'
import { keyOf } from './keys.ts'
import type { Rule } from './rule.ts'

/** DISTINCT over rows that have a key does nothing. */
export const distinctKeys: Rule = {
  name: 'distinct-keys',
  apply: (plan, facts) => rewriteLogical(plan, (p) => (p.kind === 'distinct' && keyOf(p.input, facts) ? p.input : p)),
}
