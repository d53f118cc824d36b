import { readBracket } from './bracket.ts'
import { anyCase, type CharSet, complement, EVERYTHING, single } from './char-set.ts'
import { classOf } from './classes.ts'
import { CONDITIONS_MAX, invalidRegex, NESTING_MAX, REPEAT_MAX, tooComplex } from './errors.ts'
import { readEscape } from './escape.ts'
import { type RegexOptions, readPrefix } from './options.ts'
import {
  type Atom,
  type Branch,
  CAPTURES,
  type Choice,
  type Condition,
  combine,
  type Group,
  LONGER,
  type Part,
  REFERS,
  type Repeat,
  SHORTER,
  type Tree,
  upward,
} from './tree.ts'

/** Text → tree, by the rules of PostgreSQL's advanced and extended regular expressions. `options` are changed by what the pattern says. */
export function parseRegex(pattern: string, options: RegexOptions): Tree {
  return new Parser(pattern, options).parse()
}

class Parser {
  readonly #pattern: string
  readonly #options: RegexOptions
  #at = 0
  #depth = 0
  #inLook = false
  readonly #sets: CharSet[] = []
  readonly #setIndex = new Map<string, number>()
  readonly #conditions: Condition[] = []
  /** Groups by number; null while one is still open. */
  readonly #groups: (Group | null)[] = [null]

  constructor(pattern: string, options: RegexOptions) {
    this.#pattern = pattern
    this.#options = options
  }

  parse(): Tree {
    this.#at = readPrefix(this.#pattern, this.#options)
    const root = this.#options.literal ? this.#literal() : this.#choice()
    if (this.#at < this.#pattern.length) throw invalidRegex('parentheses () not balanced')
    const words = this.#conditions.some((c) => c.kind.includes('word'))
    return {
      root,
      sets: this.#sets,
      conditions: this.#conditions,
      groups: this.#groups.length - 1,
      wordSet: words ? this.#set(classOf('word')) : -1,
      ignoreCase: this.#options.ignoreCase,
    }
  }

  #literal(): Choice {
    const parts: Part[] = []
    for (const char of this.#pattern.slice(this.#at)) parts.push(once(this.#char(char.codePointAt(0)!)))
    this.#at = this.#pattern.length
    return { kind: 'choice', branches: [{ parts, flags: 0 }], flags: 0 }
  }

  #choice(): Choice {
    if (++this.#depth > NESTING_MAX) throw tooComplex()
    const branches = [this.#branch()]
    while (this.#pattern[this.#at] === '|') {
      this.#at++
      branches.push(this.#branch())
    }
    this.#depth--
    if (branches.length === 1) return { kind: 'choice', branches, flags: branches[0].flags }
    return { kind: 'choice', branches, flags: branches.reduce((f, b) => f | upward(f | b.flags), LONGER) }
  }

  #branch(): Branch {
    const parts: Part[] = []
    for (;;) {
      this.#skipBlanks()
      const char = this.#pattern[this.#at]
      if (char === undefined || char === '|') break
      if (char === ')' && (this.#depth > 1 || this.#options.advanced)) break
      parts.push(this.#part(char))
    }
    let flags = 0
    for (let i = parts.length - 1; i >= 0; i--) flags = combine(parts[i].flags, flags)
    return { parts, flags }
  }

  #part(char: string): Part {
    switch (char) {
      case '^':
        this.#at++
        return this.#condition({ kind: this.#options.newlineAnchors ? 'line start' : 'text start' })
      case '$':
        this.#at++
        return this.#condition({ kind: this.#options.newlineAnchors ? 'line end' : 'text end' })
      case '*':
      case '+':
      case '?':
        throw invalidRegex('quantifier operand invalid')
      case '(':
        return this.#parentheses()
      case '[':
        return this.#bracket()
      case '.':
        this.#at++
        return this.#quantified(this.#atom(this.#options.newlineStops ? complement(single(10)) : EVERYTHING))
      case '\\':
        return this.#escape()
      case '{':
        if (!this.#options.advanced || /[0-9]/.test(this.#pattern[this.#at + 1] ?? '')) {
          throw invalidRegex('quantifier operand invalid')
        }
        return this.#plain()
      default:
        return this.#plain()
    }
  }

  #plain(): Part {
    const code = this.#pattern.codePointAt(this.#at)!
    this.#at += code > 0xffff ? 2 : 1
    return this.#quantified(this.#char(code))
  }

  #escape(): Part {
    if (!this.#options.advanced) {
      this.#at++
      if (this.#at >= this.#pattern.length) throw invalidRegex('invalid escape \\ sequence')
      return this.#plain()
    }
    const escaped = readEscape(this.#pattern, this.#at + 1, this.#groups.length - 1)
    this.#at = escaped.next
    switch (escaped.kind) {
      case 'char':
        return this.#quantified(this.#char(escaped.code))
      case 'class':
        return this.#quantified(this.#atom(escaped.set))
      case 'condition':
        return this.#condition({ kind: escaped.name })
      case 'reference': {
        const group = this.#groups[escaped.group]
        if (this.#inLook || group === null || group === undefined) throw invalidRegex('invalid backreference number')
        return this.#quantified({ kind: 'reference', group, flags: REFERS })
      }
    }
  }

  #bracket(): Part {
    const edge = /^\[\[:([<>]):\]\]/.exec(this.#pattern.slice(this.#at, this.#at + 7))
    if (edge !== null) {
      this.#at += 7
      return this.#condition({ kind: edge[1] === '<' ? 'word start' : 'word end' })
    }
    const { set, next } = readBracket(this.#pattern, this.#at + 1, this.#options)
    this.#at = next
    return this.#quantified(this.#atom(set))
  }

  #parentheses(): Part {
    const head = this.#options.advanced ? /^\(\?(<?[=!]|:)?/.exec(this.#pattern.slice(this.#at, this.#at + 4)) : null
    if (head !== null && head[1] === undefined) throw invalidRegex('quantifier operand invalid')
    this.#at += head?.[0].length ?? 1
    if (head === null && !this.#inLook) return this.#group()
    if (head === null || head[1] === ':') {
      const body = this.#choice()
      this.#close()
      return this.#quantified(body)
    }
    const outside = this.#inLook
    this.#inLook = true
    const body = this.#choice()
    this.#inLook = outside
    this.#close()
    return this.#condition({ kind: 'look', ahead: head[1][0] !== '<', wanted: head[1].endsWith('='), body })
  }

  #group(): Part {
    const number = this.#groups.push(null) - 1
    const body = this.#choice()
    this.#close()
    const group: Group = { kind: 'group', number, body, flags: body.flags | CAPTURES }
    this.#groups[number] = group
    return this.#quantified(group)
  }

  #close(): void {
    if (this.#pattern[this.#at] !== ')') throw invalidRegex('parentheses () not balanced')
    this.#at++
  }

  #quantified(atom: Atom): Repeat {
    this.#skipBlanks()
    const bounds = this.#quantifier()
    if (bounds === null) return once(atom)
    const shy = this.#options.advanced && this.#pattern[this.#at] === '?'
    if (shy) this.#at++
    // {m} leaves the preference to its operand.
    const prefers = bounds.exact ? 0 : shy ? SHORTER : LONGER
    const { min, max } = bounds
    return { kind: 'repeat', atom, min, max, prefers, flags: max === 0 ? 0 : combine(prefers, atom.flags) }
  }

  #quantifier(): { min: number; max: number; exact: boolean } | null {
    const char = this.#pattern[this.#at]
    if (char === '*' || char === '+' || char === '?') {
      this.#at++
      return { min: char === '+' ? 1 : 0, max: char === '?' ? 1 : Infinity, exact: false }
    }
    if (char !== '{') return null
    if (this.#options.advanced && !/[0-9]/.test(this.#pattern[this.#at + 1] ?? '')) return null
    const [first] = /^[^}]*/.exec(this.#pattern.slice(this.#at + 1, this.#at + 600))!
    if (this.#pattern[this.#at + 1 + first.length] !== '}') {
      throw invalidRegex(/^[0-9,]*$/.test(first) ? 'braces {} not balanced' : 'invalid repetition count(s)')
    }
    const counts = /^([0-9]+)(,([0-9]*))?$/.exec(first)
    if (counts === null) throw invalidRegex('invalid repetition count(s)')
    const min = Number(counts[1])
    const max = counts[2] === undefined ? min : counts[3] === '' ? Infinity : Number(counts[3])
    if (min > REPEAT_MAX || (max > REPEAT_MAX && max !== Infinity) || min > max) {
      throw invalidRegex('invalid repetition count(s)')
    }
    this.#at += first.length + 2
    return { min, max, exact: counts[2] === undefined }
  }

  #char(code: number): Atom {
    return this.#atom(this.#options.ignoreCase ? anyCase(single(code)) : single(code))
  }

  #atom(set: CharSet): Atom {
    return { kind: 'set', set: this.#set(set), flags: 0 }
  }

  /** Equal sets are one. */
  #set(set: CharSet): number {
    const key = set.join()
    let index = this.#setIndex.get(key)
    if (index === undefined) {
      index = this.#sets.push(set) - 1
      this.#setIndex.set(key, index)
    }
    return index
  }

  #condition(condition: Condition): Part {
    let index = condition.kind === 'look' ? -1 : this.#conditions.findIndex((c) => c.kind === condition.kind)
    if (index < 0) index = this.#conditions.push(condition) - 1
    if (index >= CONDITIONS_MAX) throw tooComplex()
    return { kind: 'condition', condition: index, flags: 0 }
  }

  /** White space where it does not count, and comments. */
  #skipBlanks(): void {
    for (;;) {
      const blanks = this.#options.expanded ? /(?:\s|#[^\n]*)*/y : null
      if (blanks !== null) {
        blanks.lastIndex = this.#at
        this.#at += blanks.exec(this.#pattern)![0].length
      }
      if (!this.#options.advanced || !this.#pattern.startsWith('(?#', this.#at)) return
      const end = this.#pattern.indexOf(')', this.#at)
      this.#at = end < 0 ? this.#pattern.length : end + 1
    }
  }
}

const once = (atom: Atom): Repeat => ({ kind: 'repeat', atom, min: 1, max: 1, prefers: 0, flags: atom.flags })
