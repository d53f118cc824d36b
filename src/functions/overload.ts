import { type SqlType, sameBaseType } from '../types/sql-type.ts'
import { bindPoly, type Candidate, canCoerce, category, expandArgs, isPreferred } from './coerce.ts'
import { isPoly } from './define.ts'
import type { ArgType } from './function.ts'

/** PostgreSQL's choice among overloads (its manual's chapter 10, step by step). */
export interface Match<C extends Candidate> {
  readonly candidate: C
  /** The candidate's declared types beside each actual argument. */
  readonly declared: readonly ArgType[]
}

export type Choice<C extends Candidate> = { readonly match: Match<C> } | { readonly failure: 'none' | 'ambiguous' }

export function chooseOverload<C extends Candidate>(
  candidates: readonly C[],
  actual: readonly SqlType[],
  isOperator: boolean,
): Choice<C> {
  const sized: Match<C>[] = []
  for (const candidate of candidates) {
    const declared = expandArgs(candidate, actual.length)
    if (declared !== undefined) sized.push({ candidate, declared })
  }
  const exact = exactMatch(sized, isOperator ? assumeSame(actual) : actual)
  if (exact !== undefined) return { match: exact }
  let viable = sized.filter(
    ({ declared }) => declared.every((arg, i) => canCoerce(actual[i], arg)) && bindPoly(declared, actual) !== undefined,
  )
  if (viable.length === 0) return { failure: 'none' }
  for (const narrow of [mostExact, mostPreferred, byUnknowns, bySameType]) {
    if (viable.length === 1) break
    viable = narrow(viable, actual)
  }
  // A signature without VARIADIC wins over the same one with it.
  const plain = viable.filter(({ candidate }) => candidate.variadic !== true)
  if (plain.length === 1 && viable.length > 1) viable = plain
  return viable.length === 1 ? { match: viable[0] } : { failure: 'ambiguous' }
}

/** Beside one operand of known type an unknown literal is first taken for the same type. */
function assumeSame(actual: readonly SqlType[]): readonly SqlType[] {
  if (actual.length !== 2) return actual
  const [a, b] = actual
  if (a.kind === 'unknown' && b.kind !== 'unknown') return [b, b]
  if (b.kind === 'unknown' && a.kind !== 'unknown') return [a, a]
  return actual
}

function exactMatch<C extends Candidate>(
  matches: readonly Match<C>[],
  actual: readonly SqlType[],
): Match<C> | undefined {
  return matches.find(({ declared }) => declared.every((arg, i) => !isPoly(arg) && sameBaseType(arg, actual[i])))
}

function best<C extends Candidate>(matches: readonly Match<C>[], score: (match: Match<C>) => number): Match<C>[] {
  const scores = matches.map(score)
  const top = Math.max(...scores)
  return matches.filter((_, i) => scores[i] === top)
}

const isExact = (arg: ArgType, type: SqlType): boolean => !isPoly(arg) && sameBaseType(arg, type)

function mostExact<C extends Candidate>(matches: readonly Match<C>[], actual: readonly SqlType[]): Match<C>[] {
  return best(matches, ({ declared }) =>
    count(actual, (type, i) => type.kind !== 'unknown' && isExact(declared[i], type)),
  )
}

function mostPreferred<C extends Candidate>(matches: readonly Match<C>[], actual: readonly SqlType[]): Match<C>[] {
  return best(matches, ({ declared }) =>
    count(actual, (type, i) => {
      if (type.kind === 'unknown') return false
      const arg = declared[i]
      return isExact(arg, type) || (!isPoly(arg) && category(arg) === category(type) && isPreferred(arg))
    }),
  )
}

function count(actual: readonly SqlType[], test: (type: SqlType, i: number) => boolean): number {
  let n = 0
  for (let i = 0; i < actual.length; i++) if (test(actual[i], i)) n++
  return n
}

/** Unknown literals: strings when any candidate takes one there, else the one category that all candidates take. */
function byUnknowns<C extends Candidate>(matches: readonly Match<C>[], actual: readonly SqlType[]): Match<C>[] {
  let left = [...matches]
  for (let i = 0; i < actual.length; i++) {
    if (actual[i].kind !== 'unknown') continue
    const categories = new Set(left.map(({ declared }) => category(declared[i])))
    let wanted: string
    if (categories.has('S')) wanted = 'S'
    else if (categories.size === 1) [wanted] = categories
    else return [...matches]
    left = left.filter(({ declared }) => category(declared[i]) === wanted)
    const preferred = left.filter(({ declared }) => {
      const arg = declared[i]
      return !isPoly(arg) && isPreferred(arg)
    })
    if (preferred.length > 0) left = preferred
  }
  return left.length > 0 ? left : [...matches]
}

/** Last resort: the unknown literals are of the one type that all known arguments have. */
function bySameType<C extends Candidate>(matches: readonly Match<C>[], actual: readonly SqlType[]): Match<C>[] {
  const known = actual.filter((type) => type.kind !== 'unknown')
  if (known.length === 0 || known.length === actual.length) return [...matches]
  if (!known.every((type) => sameBaseType(type, known[0]))) return [...matches]
  const assumed = actual.map(() => known[0])
  const fitting = matches.filter(
    ({ declared }) => declared.every((arg) => canCoerce(known[0], arg)) && bindPoly(declared, assumed) !== undefined,
  )
  return fitting.length === 1 ? fitting : [...matches]
}
