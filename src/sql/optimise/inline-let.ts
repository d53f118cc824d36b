import type { Logical } from '../../plan/logical.ts'
import { rewriteLogical, visitLogical } from '../../plan/logical-walk.ts'
import type { Rule } from './rule.ts'

/** A binding that is read once, or that is nothing but another name, is put in its place; an unread one vanishes. */
export const inlineLet: Rule = {
  name: 'inline-let',
  apply: (plan) =>
    rewriteLogical(plan, (p) => {
      if (p.kind !== 'let') return p
      let uses = 0
      visitLogical(p.body, (x) => {
        if (x.kind === 'ref' && x.binding === p.binding) uses++
      })
      if (uses === 0) return p.body
      if (uses > 1 && !plain(p.value)) return p
      return rewriteLogical(p.body, (x) => (x.kind === 'ref' && x.binding === p.binding ? withNames(p.value, x) : x))
    }),
}

const plain = (p: Logical): boolean => p.kind === 'get' || p.kind === 'ref'

const withNames = (value: Logical, ref: Logical): Logical => ({ ...value, rowType: ref.rowType })
