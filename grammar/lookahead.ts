// Lookahead of one token, computed when a place is first reached and not at start: Chevrotain's own strategy walks
// every path of every production up front, which costs hundreds of milliseconds here. First sets are kept by rule.
import {
  Alternation,
  type ILookaheadStrategy,
  type IOrAlt,
  type IProduction,
  NonTerminal,
  Option,
  type OptionalProductionType,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
  type TokenType,
} from 'chevrotain'

type First = { types: Set<TokenType>; empty: boolean }
type Composite = { definition: IProduction[] }
/** The parser as the lookahead functions see it. */
type Ahead = { LA_FAST(n: number): { tokenTypeIdx: number } }

const kinds: Record<OptionalProductionType, unknown> = {
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
}

export class LazyLookahead implements ILookaheadStrategy {
  private readonly firsts = new Map<string, First>()

  validate() {
    return []
  }

  buildLookaheadForAlternation(options: { prodOccurrence: number; rule: Rule; hasPredicates: boolean }) {
    let table: number[][] | undefined
    let otherwise: number | undefined
    const build = () => {
      const prod = find(options.rule.definition, Alternation, options.prodOccurrence) as unknown as {
        definition: Composite[]
      }
      const result: number[][] = []
      prod.definition.forEach((alternative, index) => {
        const first = this.firstOf(alternative.definition)
        if (first.empty) otherwise ??= index
        for (const idx of expand(first.types)) {
          result[idx] ??= []
          result[idx].push(index)
        }
      })
      table = result
      return result
    }
    return function (this: Ahead, alternatives?: IOrAlt<unknown>[]): number | undefined {
      const candidates = (table ?? build())[this.LA_FAST(1).tokenTypeIdx]
      if (candidates === undefined) return otherwise
      for (let i = 0; i < candidates.length; i++) {
        const gate = alternatives?.[candidates[i]].GATE
        if (gate === undefined || gate.call(this)) return candidates[i]
      }
      return otherwise
    } as never
  }

  buildLookaheadForOptional(options: { prodOccurrence: number; prodType: OptionalProductionType; rule: Rule }) {
    let table: boolean[] | undefined
    const build = () => {
      const prod = find(
        options.rule.definition,
        kinds[options.prodType],
        options.prodOccurrence,
      ) as unknown as Composite
      const result: boolean[] = []
      for (const idx of expand(this.firstOf(prod.definition).types)) result[idx] = true
      table = result
      return result
    }
    return function (this: Ahead): boolean {
      return (table ?? build())[this.LA_FAST(1).tokenTypeIdx] === true
    } as never
  }

  private firstOf(definition: IProduction[]): First {
    const types = new Set<TokenType>()
    for (const prod of definition) {
      const first = this.firstOfOne(prod)
      for (const type of first.types) types.add(type)
      if (!first.empty) return { types, empty: false }
    }
    return { types, empty: true }
  }

  private firstOfOne(prod: IProduction): First {
    if (prod instanceof Terminal) return { types: new Set([prod.terminalType]), empty: false }
    if (prod instanceof NonTerminal) {
      let first = this.firsts.get(prod.nonTerminalName)
      if (!first) {
        first = this.firstOf(prod.definition)
        this.firsts.set(prod.nonTerminalName, first)
      }
      return first
    }
    if (prod instanceof Alternation) {
      const types = new Set<TokenType>()
      let empty = false
      for (const alternative of prod.definition as unknown as Composite[]) {
        const first = this.firstOf(alternative.definition)
        for (const type of first.types) types.add(type)
        if (first.empty) empty = true
      }
      return { types, empty }
    }
    const first = this.firstOf((prod as unknown as Composite).definition)
    const mandatory = prod instanceof RepetitionMandatory || prod instanceof RepetitionMandatoryWithSeparator
    return mandatory ? first : { types: first.types, empty: true }
  }
}

function* expand(types: Set<TokenType>): Generator<number> {
  for (const type of types) {
    yield type.tokenTypeIdx as number
    for (const idx of type.categoryMatches ?? []) yield idx
  }
}

/** The production of that kind and index within one rule; what a rule calls is another rule's. */
function find(definition: IProduction[], kind: unknown, idx: number): IProduction | undefined {
  for (const prod of definition) {
    if (prod instanceof (kind as new () => IProduction) && (prod as unknown as { idx: number }).idx === idx) return prod
    if (prod instanceof NonTerminal || prod instanceof Terminal) continue
    const inner = find((prod as unknown as Composite).definition, kind, idx)
    if (inner) return inner
  }
  return undefined
}
