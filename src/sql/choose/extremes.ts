import type { BoundTerm } from '../../plan/bounds.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, replaceScalar, sameScalar } from '../../plan/scalar-walk.ts'
import { type Absent, allAbsent } from './absent.ts'

/** What is known of a column, of which these matter here. */
interface Fact {
  readonly terms?: readonly BoundTerm[]
  readonly absent?: Absent
}
type Facts<F extends Fact> = ReadonlyMap<number, F | Bounded>
type Bounded = Fact & { readonly terms: readonly BoundTerm[] }
type FactOf<F extends Fact> = (s: Scalar, facts: Facts<F>) => Bounded | null

/** greatest or least of two. */
interface Extreme {
  readonly a: Scalar
  readonly b: Scalar
  readonly greatest: boolean
  /** Where `b` is NULL so is the whole. */
  readonly nullWithB: boolean
}

/** As the binder writes them: one where the other is NULL, else what a comparison says; NULL compares as if `b` was it. */
function extreme(s: Scalar): Extreme | null {
  if (s.kind !== 'case') return null
  const last = s.arms[s.arms.length - 1]
  const { when } = last
  const match = when.kind === 'call' && when.args.length === 2 ? /(le|ge)\(/.exec(when.fn) : null
  if (when.kind !== 'call' || match === null) return null
  const [a, b] = when.args
  const known = sameScalar(last.then, a) && sameScalar(s.otherwise, b)
  const nulls = s.arms.slice(0, -1).every(({ when: test, then }) => {
    if (test.kind !== 'isNull' || test.negated) return false
    return sameScalar(test.arg, a) ? sameScalar(then, b) : sameScalar(test.arg, b) && sameScalar(then, a)
  })
  if (!known || !nulls) return null
  const tested = s.arms.some(({ when: test }) => test.kind === 'isNull' && sameScalar(test.arg, b))
  return { a, b, greatest: match[1] === 'ge', nullWithB: !tested }
}

/**
 * The greatest of several times is not below any of them, so that one with a bound will do; the least is below none only
 * where all have bounds, or are constants.
 */
function extremeFact<F extends Fact>(s: Scalar, facts: Facts<F>, of: FactOf<F>): Bounded | null {
  const found = extreme(s)
  if (found === null) return null
  const { a, b, greatest, nullWithB } = found
  const [one, other] = [of(a, facts), of(b, facts)]
  const isThere = (fact: Bounded | null): fact is Bounded => fact !== null && (fact.absent ?? []).length === 0
  if (nullWithB && !isThere(other) && !(b.kind === 'const' && b.value !== null)) return null
  if (greatest) {
    if (isThere(one)) return { terms: one.terms }
    if (isThere(other)) return { terms: other.terms }
  }
  if (one !== null && other !== null) {
    return { terms: [...one.terms, ...other.terms], absent: allAbsent([one.absent ?? [], other.absent ?? []]) }
  }
  const [time, fact, limit] = one === null ? [b, other, a] : [a, one, b]
  if (greatest || !isThere(fact) || limit.kind !== 'const') return null
  const terms = fact.terms.map(({ object, bound }) => ({
    object,
    bound: replaceScalar(s, (x) => (sameScalar(x, time) ? bound : undefined)),
  }))
  return { terms }
}

/** The expression with columns of their own, below 0, where it has such a greatest or least, and what is known of those. */
export function withoutExtremes<F extends Fact>(
  s: Scalar,
  facts: Facts<F>,
  of: FactOf<F>,
): { readonly over: Scalar; readonly facts: Facts<F> } {
  const made = new Map<number, Bounded>()
  const over = replaceScalar(s, (x) => {
    const fact = x.kind === 'case' ? extremeFact(x, facts, of) : null
    if (fact === null) return undefined
    made.set(-1 - made.size, fact)
    return column(-made.size, x.type)
  })
  return made.size === 0 ? { over: s, facts } : { over, facts: new Map([...facts, ...made]) }
}
