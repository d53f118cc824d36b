import { pgType } from '../types/pg-type.ts'
import { multirangeOf, rangeNames, rangeOf } from '../types/range-type.ts'
import { arrayOf, type SqlType, sameBaseType, withoutDomain } from '../types/sql-type.ts'
import { findCast } from './cast.ts'
import { commonOf } from './common-type.ts'
import { isPoly } from './define.ts'
import type { ArgType } from './function.ts'

/** Which argument lists a signature accepts by implicit coercion, and what its polymorphic types then stand for. */
export interface Candidate {
  readonly args: readonly ArgType[]
  readonly variadic?: boolean
}

/** The declared types beside n actual arguments, a variadic last one repeated; undefined when the counts differ. */
export function expandArgs(candidate: Candidate, n: number): readonly ArgType[] | undefined {
  const { args } = candidate
  if (args.length === n) return args
  if (candidate.variadic !== true || n < args.length) return undefined
  return [...args, ...new Array<ArgType>(n - args.length).fill(args[args.length - 1])]
}

export function canCoerce(from: SqlType, to: ArgType): boolean {
  if (isPoly(to)) {
    if (to.poly === 'anyarray' || to.poly === 'anycompatiblearray')
      return from.kind === 'array' || from.kind === 'unknown'
    if (to.poly === 'anyenum') return from.kind === 'enum' || from.kind === 'unknown'
    if (to.poly === 'anyrange' || to.poly === 'anymultirange')
      return from.kind === to.poly.slice(3) || from.kind === 'unknown'
    return to.poly !== 'anynonarray' || from.kind !== 'array'
  }
  return from.kind === 'unknown' || sameBaseType(from, to) || findCast(from, to, 'implicit') !== undefined
}

/** Concrete types for declared ones, or undefined when the polymorphic ones cannot agree. */
export function bindPoly(declared: readonly ArgType[], actual: readonly SqlType[]): readonly SqlType[] | undefined {
  const element = elementType(declared, actual)
  const compatible = compatibleType(declared, actual)
  if (element === null || compatible === null) return undefined
  return declared.map((arg, i) => {
    if (!isPoly(arg)) return arg
    if (arg.poly === 'any') return actual[i]
    if (arg.poly === 'anyelement' || arg.poly === 'anynonarray' || arg.poly === 'anyenum') return element
    if (arg.poly === 'anyarray') return arrayOf(element)
    if (arg.poly === 'anyrange') return rangeOf(element)
    if (arg.poly === 'anymultirange') return multirangeOf(element)
    return arg.poly === 'anycompatible' ? compatible : arrayOf(compatible)
  })
}

const TEXT: SqlType = { kind: 'text' }

/** anyelement and anyarray must agree exactly. */
function elementType(declared: readonly ArgType[], actual: readonly SqlType[]): SqlType | null {
  let found: SqlType | undefined
  for (let i = 0; i < declared.length; i++) {
    const arg = declared[i]
    if (!isPoly(arg) || arg.poly.startsWith('anycompatible') || arg.poly === 'any') continue
    if (actual[i].kind === 'unknown') continue
    const type = WITH_ELEMENT.has(arg.poly) ? actual[i].element : actual[i]
    if (type === undefined) return null
    if (found !== undefined && !sameBaseType(found, type)) return null
    found ??= withoutDomain(type)
  }
  // A literal is no value of an enum that nothing names.
  if (found === undefined && declared.some((arg) => isPoly(arg) && arg.poly === 'anyenum')) return null
  const ranges = declared.some((arg) => isPoly(arg) && (arg.poly === 'anyrange' || arg.poly === 'anymultirange'))
  if (ranges && found !== undefined && rangeNames(found) === undefined) return null
  return found ?? TEXT
}

const WITH_ELEMENT: ReadonlySet<string> = new Set(['anyarray', 'anyrange', 'anymultirange'])

/** anycompatible and its arrays agree on a common type. */
function compatibleType(declared: readonly ArgType[], actual: readonly SqlType[]): SqlType | null {
  const types: SqlType[] = []
  for (let i = 0; i < declared.length; i++) {
    const arg = declared[i]
    if (!isPoly(arg) || (arg.poly !== 'anycompatible' && arg.poly !== 'anycompatiblearray')) continue
    if (arg.poly === 'anycompatible') types.push(actual[i])
    else if (actual[i].kind === 'array') types.push(actual[i].element ?? TEXT)
  }
  if (types.length === 0) return TEXT
  return commonOf(types) ?? null
}

export function isPreferred(type: SqlType): boolean {
  return pgType(type).preferred === true
}

export function category(arg: ArgType): string {
  return isPoly(arg) ? 'P' : pgType(arg).category
}
