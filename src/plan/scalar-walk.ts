import { unreachable } from '../base/assert.ts'
import { canonicalJson } from '../base/canonical-json.ts'
import { BOOL, type SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import type { Scalar } from './scalar.ts'

/** The direct operands of a scalar. */
export function scalarInputs(s: Scalar): readonly Scalar[] {
  switch (s.kind) {
    case 'column':
    case 'const':
    case 'param':
    case 'error':
      return []
    case 'call':
    case 'and':
    case 'or':
    case 'coalesce':
      return s.args
    case 'cast':
    case 'not':
    case 'isNull':
    case 'inList':
      return [s.arg]
    case 'distinctFrom':
      return [s.left, s.right]
    case 'anyAll':
      return [s.left, s.array]
    case 'case':
      return [...s.arms.flatMap((a) => [a.when, a.then]), s.otherwise]
    case 'array':
    case 'row':
      return s.items
    default:
      return unreachable(s)
  }
}

/** The same scalar over other operands; unchanged operands keep the object as it is. */
export function mapInputs(s: Scalar, fn: (input: Scalar) => Scalar): Scalar {
  const list = (items: readonly Scalar[]): readonly Scalar[] => {
    const mapped = items.map(fn)
    return mapped.every((m, i) => m === items[i]) ? items : mapped
  }
  switch (s.kind) {
    case 'column':
    case 'const':
    case 'param':
    case 'error':
      return s
    case 'call':
    case 'and':
    case 'or':
    case 'coalesce': {
      const args = list(s.args)
      return args === s.args ? s : { ...s, args }
    }
    case 'cast':
    case 'not':
    case 'isNull':
    case 'inList': {
      const arg = fn(s.arg)
      return arg === s.arg ? s : { ...s, arg }
    }
    case 'distinctFrom': {
      const left = fn(s.left)
      const right = fn(s.right)
      return left === s.left && right === s.right ? s : { ...s, left, right }
    }
    case 'anyAll': {
      const left = fn(s.left)
      const array = fn(s.array)
      return left === s.left && array === s.array ? s : { ...s, left, array }
    }
    case 'case': {
      const arms = s.arms.map((a) => {
        const when = fn(a.when)
        const then = fn(a.then)
        return when === a.when && then === a.then ? a : { when, then }
      })
      const otherwise = fn(s.otherwise)
      return otherwise === s.otherwise && arms.every((a, i) => a === s.arms[i]) ? s : { ...s, arms, otherwise }
    }
    case 'array':
    case 'row': {
      const items = list(s.items)
      return items === s.items ? s : { ...s, items }
    }
    default:
      return unreachable(s)
  }
}

/** Replaces from the top down: what `fn` answers stays, undefined means look inside. */
export function replaceScalar(s: Scalar, fn: (s: Scalar) => Scalar | undefined): Scalar {
  return fn(s) ?? mapInputs(s, (input) => replaceScalar(input, fn))
}

/** Rewrites from the bottom up. */
export function rewriteScalar(s: Scalar, fn: (s: Scalar) => Scalar): Scalar {
  return fn(mapInputs(s, (input) => rewriteScalar(input, fn)))
}

export function someScalar(s: Scalar, test: (s: Scalar) => boolean): boolean {
  return test(s) || scalarInputs(s).some((input) => someScalar(input, test))
}

export function visitScalar(s: Scalar, fn: (s: Scalar) => void): void {
  fn(s)
  for (const input of scalarInputs(s)) visitScalar(input, fn)
}

/** Numbers of the columns that it reads. */
export function columnsOf(s: Scalar, into: Set<number> = new Set()): Set<number> {
  visitScalar(s, (x) => {
    if (x.kind === 'column') into.add(x.index)
  })
  return into
}

export function mapColumns(s: Scalar, to: (index: number) => number): Scalar {
  return replaceScalar(s, (x) => {
    if (x.kind !== 'column') return undefined
    const index = to(x.index)
    return index === x.index ? x : { ...x, index }
  })
}

export const shiftColumns = (s: Scalar, by: number): Scalar => (by === 0 ? s : mapColumns(s, (i) => i + by))

/** Columns become what `exprs` computes them from. */
export const substituteColumns = (s: Scalar, exprs: readonly Scalar[]): Scalar =>
  replaceScalar(s, (x) => (x.kind === 'column' ? exprs[x.index] : undefined))

/** Equal but for the places in the text that they come from. */
export const sameScalar = (a: Scalar, b: Scalar): boolean => a === b || scalarKey(a) === scalarKey(b)

export function scalarKey(s: Scalar): string {
  return canonicalJson(rewriteScalar(s, (x) => ('position' in x && x.position !== -1 ? { ...x, position: -1 } : x)))
}

// ---------------------------------------------------------------- making scalars

export const column = (index: number, type: SqlType): Scalar => ({ kind: 'column', index, type })
export const constant = (value: Datum, type: SqlType): Scalar => ({ kind: 'const', value, type })
export const TRUE: Scalar = constant(true, BOOL)
export const FALSE: Scalar = constant(false, BOOL)
export const not = (arg: Scalar): Scalar => ({ kind: 'not', arg, type: BOOL })
export const isNull = (arg: Scalar, negated = false): Scalar => ({ kind: 'isNull', arg, negated, type: BOOL })
export const isTrue = (s: Scalar): boolean => s.kind === 'const' && s.value === true
export const isFalse = (s: Scalar): boolean => s.kind === 'const' && s.value === false
export const isNullConst = (s: Scalar): boolean => s.kind === 'const' && s.value === null
export const notDistinct = (left: Scalar, right: Scalar): Scalar => ({
  kind: 'distinctFrom',
  left,
  right,
  negated: true,
  type: BOOL,
})

/** CASE WHEN … THEN … ELSE … END from pairs of condition and value. */
export const caseOf = (pairs: readonly (readonly [Scalar, Scalar])[], otherwise: Scalar): Scalar => ({
  kind: 'case',
  // biome-ignore lint/suspicious/noThenProperty: the field is named after the SQL word; a scalar is never awaited
  arms: pairs.map(([when, value]) => ({ when, then: value })),
  otherwise,
  type: otherwise.type,
})

/** AND of all, flattened; true of none. */
export function conjunction(args: readonly Scalar[]): Scalar {
  const flat = args.flatMap(conjuncts)
  if (flat.length === 0) return TRUE
  return flat.length === 1 ? flat[0] : { kind: 'and', args: flat, type: BOOL }
}

export function conjuncts(s: Scalar): readonly Scalar[] {
  if (s.kind === 'and') return s.args.flatMap(conjuncts)
  return isTrue(s) ? [] : [s]
}
