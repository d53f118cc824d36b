import { SqlError } from '../../base/sql-error.ts'

/**
 * The bounds of regular expressions, and their errors. What PostgreSQL bounds is bounded alike; the rest keeps a pattern from
 * holding the engine's thread or its memory.
 */

/** Times that `{m,n}` repeats at most; PostgreSQL's. */
export const REPEAT_MAX = 255
/** Length of a pattern, in UTF-16 units. */
export const PATTERN_UNITS_MAX = 100_000
/** States and arcs of one automaton with its repetitions written out; `(a{100}){100}` fits, `(a{255}){255}` does not. */
export const AUTOMATON_PARTS_MAX = 120_000
/** Depth of parentheses, and of the tree that finds what groups match. */
export const NESTING_MAX = 1_000
/** Different conditions on a place (anchors, edges of words, lookarounds) in one pattern. */
export const CONDITIONS_MAX = 30
/** Steps of working out which characters a pattern tells apart. */
export const COLORING_STEPS_MAX = 2_000_000
/** Cells of the tables that one pattern keeps to match faster; beyond it they begin anew. */
export const TABLE_CELLS_MAX = 1 << 17
/** Patterns that are kept compiled. */
export const CACHED_PATTERNS_MAX = 200
/** Parts of the automata of all patterns that are kept compiled. */
export const CACHED_PARTS_MAX = 600_000
/** Texts from this length on (UTF-16 units) begin with empty tables, so that what they cost does not depend on the past. */
export const LONG_TEXT_UNITS = 10_000
/** Steps that matching one text may take: a character of one pass, a state of the automaton that is looked at. Half a second or so. */
export const MATCH_STEPS_MAX = 100_000_000
/** Steps for each UTF-16 unit of the text on top of these: passes over a long text are no fault of the pattern. */
export const MATCH_STEPS_PER_UNIT_MAX = 500

export function invalidRegex(reason: string): SqlError {
  return new SqlError('2201B', `invalid regular expression: ${reason}`)
}

export const tooComplex = (): SqlError => invalidRegex('regular expression is too complex')

export function tooManySteps(stepsMax: number): SqlError {
  return new SqlError('54001', 'regular expression takes too many steps', {
    detail: `A match in this text may take ${stepsMax} steps.`,
    hint: 'Back references and repetitions inside repetitions are what takes long; a simpler pattern or a shorter text helps.',
  })
}
