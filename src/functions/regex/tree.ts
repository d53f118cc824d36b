/**
 * A regular expression as it is written. Flags say which match it prefers, as PostgreSQL's engine has it: the first
 * quantifier of a branch decides (a `?` behind it: the shortest), several branches want the longest; without a quantifier nobody asks.
 */
export const LONGER = 1
export const SHORTER = 2
/** Both preferences occur below. */
export const MIXED = 4
/** A capturing group is here or below. */
export const CAPTURES = 8
/** A back reference is here or below. */
export const REFERS = 16

const UPWARDS = MIXED | CAPTURES | REFERS

/** What of its flags a node passes on. */
export const upward = (flags: number): number =>
  (flags & UPWARDS) | ((flags & LONGER) !== 0 && (flags & SHORTER) !== 0 ? MIXED : 0)
export const preferenceOf = (flags: number): number => flags & (LONGER | SHORTER)
/** Flags of a sequence: the first preference counts. */
export const combine = (first: number, second: number): number =>
  upward(first | second) | (preferenceOf(first) || preferenceOf(second))
/** Where a match lies inside matters, so that it cannot be left to an automaton alone. */
export const isMessy = (flags: number): boolean => (flags & UPWARDS) !== 0

/** Something to match characters. `set`: the index of its set of characters. */
export type Atom =
  | { readonly kind: 'set'; readonly set: number; readonly flags: 0 }
  | { readonly kind: 'reference'; readonly group: Group; readonly flags: number }
  | Choice
  | Group

export interface Group {
  readonly kind: 'group'
  readonly number: number
  readonly body: Choice
  readonly flags: number
}

/** Branches; the parts of one branch alone count as its own. */
export interface Choice {
  readonly kind: 'choice'
  readonly branches: readonly Branch[]
  readonly flags: number
}

export interface Branch {
  readonly parts: readonly Part[]
  readonly flags: number
}

/** An atom some times (`max` may be Infinity), or a condition on the place. */
export type Part = Repeat | { readonly kind: 'condition'; readonly condition: number; readonly flags: 0 }

export interface Repeat {
  readonly kind: 'repeat'
  readonly atom: Atom
  readonly min: number
  readonly max: number
  /** LONGER, SHORTER, or 0 for what the atom prefers. */
  readonly prefers: number
  readonly flags: number
}

/** What must hold at a place between two characters. */
export type Condition =
  | { readonly kind: 'text start' | 'text end' | 'line start' | 'line end' }
  | { readonly kind: 'word start' | 'word end' | 'word edge' | 'not word edge' }
  | { readonly kind: 'look'; readonly ahead: boolean; readonly wanted: boolean; readonly body: Choice }

export interface Tree {
  readonly root: Choice
  readonly sets: readonly (readonly number[])[]
  readonly conditions: readonly Condition[]
  /** Number of capturing groups. */
  readonly groups: number
  /** The set of the characters of words, where a condition asks for them; -1 otherwise. */
  readonly wordSet: number
  readonly ignoreCase: boolean
}
