import { CACHED_PARTS_MAX, CACHED_PATTERNS_MAX } from './errors.ts'
import { type Match, Matching } from './matching.ts'
import { compileProgram, type Program } from './program.ts'
import { Run } from './run.ts'

/**
 * PostgreSQL's regular expressions: the earliest match, of those the longest or the shortest as the pattern prefers, and groups
 * as PostgreSQL's engine divides it (`shape.ts`). Automata find out all of this in time linear in the text for each match; only
 * back references try ways, within a bound of steps. Offsets count UTF-16 units; characters beyond 16 bits are one character.
 *
 * V8's RegExp takes the first alternative, not the longest, and exponential time; re2js (2.10) divides by other rules, has no
 * lookahead and no back references, and took 2 to 3 µs for a text of 40 characters.
 */
export class Regex {
  readonly #program: Program

  constructor(program: Program) {
    this.#program = program
  }

  /** Number of capturing groups. */
  get groups(): number {
    return this.#program.groups
  }

  test(text: string): boolean {
    if (this.#program.refers) return new Matching(this.#program, text).next(0, false) !== null
    return new Run(this.#program, text).end(this.#program.search, 0, 0, text.length, true) >= 0
  }

  /** The first match. */
  exec(text: string): Match | null {
    return new Matching(this.#program, text).next(0, true)
  }

  /** Matches from an offset on, none overlapping the one before. What stands before `from` is seen by conditions only. */
  *all(text: string, from = 0): Generator<Match, void, void> {
    const matching = new Matching(this.#program, text)
    let at = from
    while (at <= text.length) {
      const match = matching.next(at, true)
      if (match === null) return
      yield match
      at = match.end
      // An empty match would be found again.
      if (match.end === match.start) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    }
  }
}

const cache = new Map<string, Regex>()
let cachedParts = 0
let last: { readonly pattern: string; readonly flags: string; readonly regex: Regex } | null = null

/** The pattern compiled, from the cache where it lies there. `flags`: PostgreSQL's letters; g says nothing here. */
export function compileRegex(pattern: string, flags = ''): Regex {
  if (last !== null && last.pattern === pattern && last.flags === flags) return last.regex
  const key = `${flags}/${pattern}`
  let regex = cache.get(key)
  if (regex === undefined) {
    const program = compileProgram(pattern, flags)
    regex = new Regex(program)
    cachedParts += program.space.automaton.parts
    if (cache.size >= CACHED_PATTERNS_MAX || cachedParts > CACHED_PARTS_MAX) {
      cache.clear()
      cachedParts = program.space.automaton.parts
    }
    cache.set(key, regex)
  }
  last = { pattern, flags, regex }
  return regex
}
