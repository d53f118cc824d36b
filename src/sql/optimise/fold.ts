import type { Logical } from '../../plan/logical.ts'
import { mapLogicalScalars, rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import {
  conjunction,
  constant,
  FALSE,
  isFalse,
  isNullConst,
  isTrue,
  rewriteScalar,
  TRUE,
} from '../../plan/scalar-walk.ts'
import { BOOL } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { foldConstant } from '../function-facts.ts'
import type { Rule } from './rule.ts'

/**
 * Constant expressions become constants. One that would raise an error stays as it is: it fails when a row reaches
 * it, behind whatever guards it. Filters that nothing passes make their input empty.
 */
export const fold: Rule = {
  name: 'fold',
  apply: (plan) => rewriteLogical(plan, (p) => foldNode(mapLogicalScalars(p, foldScalar))),
}

export const foldScalar = (s: Scalar): Scalar => rewriteScalar(s, foldOne)

function foldOne(s: Scalar): Scalar {
  switch (s.kind) {
    case 'and': {
      const args = s.args.filter((a) => !isTrue(a))
      const stop = args.findIndex(isFalse)
      if (stop === 0) return FALSE
      // What follows a false is never evaluated.
      return conjunction(stop > 0 ? args.slice(0, stop + 1) : args)
    }
    case 'or': {
      const args = s.args.filter((a) => !isFalse(a))
      const stop = args.findIndex(isTrue)
      if (stop === 0) return TRUE
      if (args.length === 0) return FALSE
      return args.length === 1 ? args[0] : { ...s, args: stop > 0 ? args.slice(0, stop + 1) : args }
    }
    case 'not':
      if (s.arg.kind !== 'const') return s.arg.kind === 'not' ? s.arg.arg : s
      return constant(s.arg.value === null ? null : !s.arg.value, BOOL)
    case 'isNull':
      return s.arg.kind === 'const' ? constant((s.arg.value === null) !== s.negated, BOOL) : s
    case 'case': {
      const arms: { when: Scalar; then: Scalar }[] = []
      for (const arm of s.arms) {
        if (isFalse(arm.when) || isNullConst(arm.when)) continue
        if (isTrue(arm.when)) return arms.length === 0 ? arm.then : { ...s, arms, otherwise: arm.then }
        arms.push(arm)
      }
      if (arms.length === 0) return s.otherwise
      return arms.length === s.arms.length ? s : { ...s, arms }
    }
    case 'coalesce': {
      const args = s.args.filter((a) => !isNullConst(a))
      if (args.length === 0) return constant(null, s.type)
      const stop = args.findIndex((a) => a.kind === 'const')
      const kept = stop >= 0 ? args.slice(0, stop + 1) : args
      return kept.length === 1 ? kept[0] : { ...s, args: kept }
    }
    case 'call':
    case 'cast':
    case 'inList':
    case 'distinctFrom':
    case 'array':
      return foldConstant(s)
    default:
      return s
  }
}

function foldNode(p: Logical): Logical {
  if (p.kind === 'filter') {
    if (isTrue(p.predicate)) return p.input
    if (isFalse(p.predicate) || isNullConst(p.predicate)) return empty(p)
  }
  if (p.kind === 'project' && p.input.kind === 'constant') {
    const rows: Datum[][] = []
    for (const row of p.input.rows) {
      const values = p.exprs.map((e) =>
        foldScalar(rewriteScalar(e, (s) => (s.kind === 'column' ? constant(row[s.index], s.type) : s))),
      )
      if (!values.every((v) => v.kind === 'const')) return p
      rows.push(values.map((v) => (v.kind === 'const' ? v.value : null)))
    }
    return { kind: 'constant', rows, rowType: p.rowType }
  }
  if (p.kind === 'unionAll') {
    const kept = p.inputs.filter((i) => !isEmpty(i))
    if (kept.length > 0 && kept.every((i) => i.kind === 'constant')) {
      return { kind: 'constant', rows: kept.flatMap((i) => (i.kind === 'constant' ? i.rows : [])), rowType: p.rowType }
    }
    if (kept.length === 0) return empty(p)
    return kept.length === p.inputs.length ? p : { ...p, inputs: kept }
  }
  if (p.kind === 'join' && p.type === 'inner') {
    if (isEmpty(p.left) || isEmpty(p.right) || isFalse(p.on) || isNullConst(p.on)) return empty(p)
    // The row of no columns is the neutral side of a cross join.
    if (isTrue(p.on) && isUnit(p.left)) return p.right
    if (isTrue(p.on) && isUnit(p.right)) return p.left
  }
  if ((p.kind === 'project' || p.kind === 'distinct') && isEmpty(p.input)) return empty(p)
  return p
}

const isEmpty = (p: Logical): boolean => p.kind === 'constant' && p.rows.length === 0
const isUnit = (p: Logical): boolean => p.kind === 'constant' && p.rows.length === 1 && p.rowType.length === 0
const empty = (p: Logical): Logical => ({ kind: 'constant', rows: [], rowType: p.rowType })
