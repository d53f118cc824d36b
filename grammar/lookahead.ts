// Lookahead of one token, settled for a place and a token when they first meet, and rules recorded when first asked
// for: Chevrotain's own strategy records every rule and walks every path at start, which costs hundreds of milliseconds.
import type { ILookaheadStrategy, IOrAlt, IProduction, OptionalProductionType, Rule, TokenType } from 'chevrotain'
import {
  Alternation,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
} from './chevrotain.ts'
import { tokenIdxEnd } from './tokens.ts'

type Composite = { definition: IProduction[]; idx: number }
/** The parser as the lookahead functions see it. */
type Ahead = { LA_FAST(n: number): { tokenTypeIdx: number } }

const kinds = {
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
} satisfies Record<OptionalProductionType, unknown>

// What a table says of a token; above zero, of alternations: one more than the alternative to take, gate or not.
const unknown = 0
const no = -1
const yes = 1
const several = -2

export class LazyLookahead implements ILookaheadStrategy {
  private readonly ruleOf: (name: string) => Rule
  private readonly starting = new Map<string, Int8Array>()
  private readonly empties = new Map<string, boolean>()

  constructor(ruleOf: (name: string) => Rule) {
    this.ruleOf = ruleOf
  }

  validate() {
    return []
  }

  buildLookaheadForAlternation({ prodOccurrence, rule }: { prodOccurrence: number; rule: Rule }) {
    let table: Int16Array | undefined
    let place: Composite[] = []
    // The alternative that needs no token, -1 when there is none; looked for when nothing else fits.
    let otherwise: number | undefined
    const gated = new Map<number, number[]>()

    const settle = (idx: number, alternatives: IOrAlt<unknown>[]): number => {
      if (table === undefined) {
        table = new Int16Array(tokenIdxEnd)
        place = find(rule.definition, Alternation, prodOccurrence)?.definition as unknown as Composite[]
      }
      const candidates: number[] = []
      for (let i = 0; i < place.length; i++) {
        if (!this.starts(place[i].definition, idx)) continue
        candidates.push(i)
        // Without a gate it is taken, whatever the later ones are.
        if (alternatives[i].GATE === undefined) break
      }
      if (candidates.length === 0) table[idx] = no
      else if (alternatives[candidates[0]].GATE === undefined) table[idx] = candidates[0] + 1
      else {
        table[idx] = several
        gated.set(idx, candidates)
      }
      return table[idx]
    }

    const fallback = () => {
      otherwise ??= place.findIndex((alternative) => this.empty(alternative.definition))
      return otherwise < 0 ? undefined : otherwise
    }

    return function (this: Ahead, alternatives: IOrAlt<unknown>[]): number | undefined {
      const idx = this.LA_FAST(1).tokenTypeIdx
      let known = table === undefined ? unknown : table[idx]
      if (known > 0) return known - 1
      if (known === unknown) known = settle(idx, alternatives)
      if (known > 0) return known - 1
      if (known === no) return fallback()
      for (const candidate of gated.get(idx) as number[]) {
        const gate = alternatives[candidate].GATE
        if (gate === undefined || gate.call(this)) return candidate
      }
      return fallback()
    } as never
  }

  buildLookaheadForOptional(options: { prodOccurrence: number; prodType: OptionalProductionType; rule: Rule }) {
    let table: Int8Array | undefined
    let place: IProduction[] = []
    const settle = (idx: number): number => {
      if (table === undefined) {
        table = new Int8Array(tokenIdxEnd)
        place = find(options.rule.definition, kinds[options.prodType], options.prodOccurrence)?.definition ?? []
      }
      table[idx] = this.starts(place, idx) ? yes : no
      return table[idx]
    }
    return function (this: Ahead): boolean {
      const idx = this.LA_FAST(1).tokenTypeIdx
      const known = table === undefined ? unknown : table[idx]
      return (known === unknown ? settle(idx) : known) === yes
    } as never
  }

  private starts(definition: IProduction[], idx: number): boolean {
    for (const prod of definition) {
      if (this.startsOne(prod, idx)) return true
      if (!this.emptyOne(prod)) return false
    }
    return false
  }

  private startsOne(prod: IProduction, idx: number): boolean {
    if (prod instanceof Terminal) return matches(prod.terminalType, idx)
    if (prod instanceof Alternation) return prod.definition.some((inner) => this.starts(definitionOf(inner), idx))
    if (!(prod instanceof NonTerminal)) return this.starts(definitionOf(prod), idx)
    const name = prod.nonTerminalName
    let table = this.starting.get(name)
    if (table === undefined) {
      table = new Int8Array(tokenIdxEnd)
      this.starting.set(name, table)
    }
    if (table[idx] === unknown) table[idx] = this.starts(this.ruleOf(name).definition, idx) ? yes : no
    return table[idx] === yes
  }

  private empty(definition: IProduction[]): boolean {
    return definition.every((prod) => this.emptyOne(prod))
  }

  private emptyOne(prod: IProduction): boolean {
    if (prod instanceof Terminal) return false
    if (prod instanceof Alternation) return prod.definition.some((inner) => this.empty(definitionOf(inner)))
    if (prod instanceof RepetitionMandatory || prod instanceof RepetitionMandatoryWithSeparator)
      return this.empty(prod.definition)
    if (!(prod instanceof NonTerminal)) return true
    let empty = this.empties.get(prod.nonTerminalName)
    if (empty === undefined) {
      empty = this.empty(this.ruleOf(prod.nonTerminalName).definition)
      this.empties.set(prod.nonTerminalName, empty)
    }
    return empty
  }
}

function matches(type: TokenType, idx: number): boolean {
  return type.tokenTypeIdx === idx || type.categoryMatchesMap?.[idx] === true
}

function definitionOf(prod: IProduction): IProduction[] {
  return (prod as unknown as Composite).definition
}

/** The production of that kind and index within one rule; what a rule calls is another rule's. */
function find(definition: IProduction[], kind: unknown, idx: number): Composite | undefined {
  for (const prod of definition) {
    if (prod instanceof (kind as new () => IProduction) && (prod as unknown as Composite).idx === idx)
      return prod as unknown as Composite
    if (prod instanceof NonTerminal || prod instanceof Terminal) continue
    const inner = find(definitionOf(prod), kind, idx)
    if (inner) return inner
  }
  return undefined
}
