import { anyCase, type CharSet, complement, normalized, without } from './char-set.ts'
import { classOf, isClassName } from './classes.ts'
import { namedCharacter } from './collating.ts'
import { invalidRegex } from './errors.ts'
import { readEscape } from './escape.ts'
import type { RegexOptions } from './options.ts'

/** Reads a bracket expression; `at` is behind its opening bracket. */
export function readBracket(pattern: string, at: number, options: RegexOptions): { set: CharSet; next: number } {
  const reader = new BracketReader(pattern, at, options)
  return { set: reader.read(), next: reader.at }
}

type Piece = { readonly kind: 'char'; readonly code: number } | { readonly kind: 'set' } | { readonly kind: 'dash' }

class BracketReader {
  at: number
  readonly #pattern: string
  readonly #options: RegexOptions
  readonly #ranges: number[] = []

  constructor(pattern: string, at: number, options: RegexOptions) {
    this.#pattern = pattern
    this.at = at
    this.#options = options
  }

  read(): CharSet {
    const negated = this.#pattern[this.at] === '^'
    if (negated) this.at++
    for (let first = true; first || this.#pattern[this.at] !== ']'; first = false) this.#item(first)
    this.at++
    const plain = normalized(this.#ranges)
    const set = this.#options.ignoreCase ? anyCase(plain) : plain
    if (!negated) return set
    return this.#options.newlineStops ? without(complement(set), 10) : complement(set)
  }

  /** A character, a range, or a class. */
  #item(first: boolean): void {
    const from = this.#piece(first)
    if (from.kind === 'set') return
    if (from.kind === 'dash') throw invalidRegex('invalid character range')
    if (!this.#atDash()) {
      this.#ranges.push(from.code, from.code)
      return
    }
    this.at++
    const to = this.#piece(false)
    const last = to.kind === 'dash' ? 45 : to.kind === 'char' ? to.code : -1
    if (last < from.code) throw invalidRegex('invalid character range')
    this.#ranges.push(from.code, last)
  }

  /** A dash that means a range: not the last one. */
  #atDash(): boolean {
    return this.#pattern[this.at] === '-' && this.#pattern[this.at + 1] !== ']'
  }

  #piece(first: boolean): Piece {
    const code = this.#pattern.codePointAt(this.at)
    if (code === undefined) throw invalidRegex('brackets [] not balanced')
    const char = String.fromCodePoint(code)
    if (char === '[' && /^[.=:]/.test(this.#pattern.slice(this.at + 1, this.at + 2))) return this.#named()
    if (char === '\\' && this.#options.advanced) return this.#escape()
    if (!first && this.#atDash()) {
      this.at++
      return { kind: 'dash' }
    }
    this.at += char.length
    return { kind: 'char', code }
  }

  #escape(): Piece {
    const escaped = readEscape(this.#pattern, this.at + 1, 0)
    if (escaped.kind !== 'char' && escaped.kind !== 'class') throw invalidRegex('invalid escape \\ sequence')
    this.at = escaped.next
    if (escaped.kind === 'char') return { kind: 'char', code: escaped.code }
    for (const bound of escaped.set) this.#ranges.push(bound)
    return { kind: 'set' }
  }

  /** [:class:], [.character.], [=character=]. */
  #named(): Piece {
    const mark = this.#pattern[this.at + 1]
    const end = this.#pattern.indexOf(`${mark}]`, this.at + 2)
    if (end < 0) throw invalidRegex('brackets [] not balanced')
    const name = this.#pattern.slice(this.at + 2, end)
    this.at = end + 2
    if (mark === ':') {
      if (!isClassName(name)) throw invalidRegex('invalid character class')
      const cased = this.#options.ignoreCase && (name === 'lower' || name === 'upper')
      for (const bound of classOf(cased ? 'alpha' : name)) this.#ranges.push(bound)
      return { kind: 'set' }
    }
    const char = namedCharacter(name) ?? name
    const code = char.codePointAt(0)
    if (code === undefined || char.length !== String.fromCodePoint(code).length) {
      throw invalidRegex('invalid collating element')
    }
    if (mark === '.') return { kind: 'char', code }
    this.#ranges.push(code, code)
    return { kind: 'set' }
  }
}
