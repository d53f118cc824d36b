import { lowerOf } from './char-set.ts'
import { backwardTable, forwardTable } from './program.ts'
import type { Run } from './run.ts'
import type { Shape } from './shape.ts'
import { CAPTURES, REFERS, SHORTER } from './tree.ts'

/** What trying one way costs, in steps. */
const TRY_STEPS = 16
const SCRATCH_BYTES = 4_096
const kept = new Uint8Array(SCRATCH_BYTES)

/** Zeros for marks that nobody needs any more when the next ones are asked for. */
function scratch(length: number): Uint8Array {
  if (length > SCRATCH_BYTES) return new Uint8Array(length)
  kept.fill(0, 0, length)
  return kept
}

/**
 * What the groups of a match capture: a shape is laid over a text that it is known to match, each part taking as much
 * (or as little) as it wants and the rest allows, from the left. Automata tell what is possible, so nothing is tried in vain,
 * unless back references are below: then all ways are tried, and counted.
 */
export class Divider {
  /** Beginning and end of each group, -1 where it captured nothing; group 0 is the match. */
  readonly spans: Int32Array
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
    this.spans = new Int32Array(2 * run.program.groups + 2)
  }

  /** False where back references do not fit. */
  divide(shape: Shape, begin: number, end: number): boolean {
    this.spans.fill(-1)
    if (!this.#lay(shape, begin, end)) return false
    this.spans[0] = begin
    this.spans[1] = end
    return true
  }

  #lay(shape: Shape, begin: number, end: number): boolean {
    if ((shape.flags & (CAPTURES | REFERS)) !== 0 && !this.#layInside(shape, begin, end)) return false
    if (shape.captures > 0) {
      this.spans[2 * shape.captures] = begin
      this.spans[2 * shape.captures + 1] = end
    }
    return true
  }

  #layInside(shape: Shape, begin: number, end: number): boolean {
    switch (shape.op) {
      case 'leaf':
        return true
      case 'sequence':
        return this.#sequence(shape, begin, end)
      case 'choice':
        return shape.children.some((branch) => this.#matches(branch, begin, end) && this.#lay(branch, begin, end))
      case 'rounds':
        return this.#rounds(shape, begin, end)
      case 'reference':
        return this.#reference(shape, begin, end)
      case 'group':
        return this.#lay(shape.children[0], begin, end)
    }
  }

  #matches(shape: Shape, begin: number, end: number): boolean {
    return this.#run.end(forwardTable(this.#run.program, shape), begin, end, end, true) === end
  }

  /** Ends of what the shape matches from `begin` on, in the order that it prefers. */
  #ends(shape: Shape, begin: number, end: number): number[] {
    const ends = this.#run.ends(forwardTable(this.#run.program, shape), begin, end)
    return (shape.flags & SHORTER) !== 0 ? ends : ends.reverse()
  }

  #sequence(shape: Shape, begin: number, end: number): boolean {
    const [left, right] = shape.children
    const { program } = this.#run
    const heads = { marks: scratch(end - begin + 1), low: begin }
    this.#run.heads(backwardTable(program, right), begin, end, heads)
    if ((shape.flags & REFERS) === 0) {
      const middle = this.#run.end(forwardTable(program, left), begin, begin, end, (left.flags & SHORTER) !== 0, heads)
      return this.#lay(left, begin, middle) && this.#lay(right, middle, end)
    }
    for (const middle of this.#ends(left, begin, end).filter((place) => heads.marks[place - begin] === 1)) {
      this.#run.charge(TRY_STEPS)
      if (this.#lay(left, begin, middle) && this.#lay(right, middle, end)) return true
      this.#forget(shape)
    }
    return false
  }

  /** Rounds of a group, each with its own end; the last round's groups are told. */
  #rounds(shape: Shape, begin: number, end: number): boolean {
    const [body] = shape.children
    // Of an empty text no round is wanted by the shy, one empty round is tried by the others.
    const none = shape.min === 0 && begin === end
    if (none && (body.flags & SHORTER) !== 0) return true
    const least = Math.max(shape.min, 1)
    const refers = (body.flags & REFERS) !== 0
    // Rounds that begin at a place and cannot get to the end; which round it is matters only where their number is bounded.
    const hopeless = new Set<number>()
    const key = (at: number, round: number) => (shape.max === Infinity ? at : at * 256 + round)
    const places = [begin]
    // Per round the end that was tried last, -1 before the first.
    const tried = [-1]
    while (places.length > 0) {
      const round = places.length
      const from = places[round - 1]
      const to = this.#nextEnd(body, from, end, tried[round - 1])
      tried[round - 1] = to
      this.#run.charge(TRY_STEPS)
      if (to < 0) {
        if (!refers) hopeless.add(key(from, round))
        tried.pop()
        places.pop()
      } else if (to === end) {
        if (round >= least && this.#layRounds(body, places, end)) return true
      } else {
        // A round that matches nothing only helps to make up the number.
        const idle = to === from && (round >= least || least - round < end - to)
        if (idle || round >= shape.max || hopeless.has(key(to, round + 1))) continue
        places.push(to)
        tried.push(-1)
      }
    }
    return none
  }

  /** The end of a match from `begin` on that is wanted after `tried`, -1 when there are no more. */
  #nextEnd(shape: Shape, begin: number, end: number, tried: number): number {
    const table = forwardTable(this.#run.program, shape)
    if ((shape.flags & SHORTER) !== 0) {
      return tried === end ? -1 : this.#run.end(table, begin, tried < 0 ? begin : tried + 1, end, true)
    }
    if (tried < 0) return this.#run.end(table, begin, begin, end, false)
    if (tried === begin) return -1
    const paired = tried - begin > 1 && this.#run.text.codePointAt(tried - 2)! > 0xffff
    return this.#run.end(table, begin, begin, tried - (paired ? 2 : 1), false)
  }

  #layRounds(body: Shape, places: readonly number[], end: number): boolean {
    for (let i = 0; i < places.length; i++) {
      this.#forget(body)
      if (!this.#lay(body, places[i], places[i + 1] ?? end)) return false
    }
    return true
  }

  #reference(shape: Shape, begin: number, end: number): boolean {
    const from = this.spans[2 * shape.refersTo]
    if (from < 0) return false
    const { text } = this.#run
    const unit = text.slice(from, this.spans[2 * shape.refersTo + 1])
    if (unit === '') return begin === end
    if (begin === end) return shape.min === 0
    const times = (end - begin) / unit.length
    if (!Number.isInteger(times) || times < shape.min || times > shape.max) return false
    this.#run.charge(end - begin)
    const found = text.slice(begin, end)
    const wanted = unit.repeat(times)
    return found === wanted || (this.#run.program.ignoreCase && lowered(found) === lowered(wanted))
  }

  /** What groups inside captured on a way that was given up. */
  #forget(shape: Shape): void {
    if (shape.captures > 0) {
      this.spans[2 * shape.captures] = -1
      this.spans[2 * shape.captures + 1] = -1
    }
    if ((shape.flags & CAPTURES) !== 0) for (const child of shape.children) this.#forget(child)
  }
}

function lowered(text: string): string {
  let out = ''
  for (const char of text) out += String.fromCodePoint(lowerOf(char.codePointAt(0)!))
  return out
}
