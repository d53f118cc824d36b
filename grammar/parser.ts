// The parser all rule files add their rules to. Rules are functions over `g` (this class: consuming, choosing,
// repeating, looking ahead) and `r` (the table of rules). Every call takes its index within the rule first, which is
// how Chevrotain finds the lookahead function it prepared for that place.
import type { IOrAlt, IToken, Rule as Recorded, TokenType } from 'chevrotain'
import type { Ident, Span } from './ast-base.ts'
import { EmbeddedActionsParser, EOF } from './chevrotain.ts'
import { GrammarError, statementTooComplex, syntaxError } from './errors.ts'
import { LazyLookahead } from './lookahead.ts'
import { is } from './retag.ts'
import type { Rule } from './rule-types.ts'
import type { SqlToken } from './token.ts'
import { T, vocabulary } from './tokens.ts'

/** Nesting of parentheses, subqueries and prefix operators; keeps every later recursion over the tree off the stack's end. */
const depthMax = 128
/** Length of one chain of left-associative operators, which is as deep as a tree. */
const chainMax = 2000

// Chevrotain formats messages for every error; ours are made from the token alone.
const noMessages = {
  buildMismatchTokenMessage: () => '',
  buildNotAllInputParsedMessage: () => '',
  buildNoViableAltMessage: () => '',
  buildEarlyExitMessage: () => '',
}

const queryContinues = new Set<TokenType>([
  T.UNION,
  T.INTERSECT,
  T.EXCEPT,
  T.ORDER,
  T.LIMIT,
  T.OFFSET,
  T.FETCH,
  T.FOR,
  T.EmitClause,
  T.AllowedClause,
  T.AsOf,
])

/** What stands for a name while Chevrotain records the grammar and no token exists. */
const recorded: Ident = { kind: 'ident', name: '', quoted: false, span: { start: 0, end: 0 } }

/** What recording one rule at a time needs of Chevrotain; its types do not show it. */
type Engine = {
  RECORDING_PHASE: boolean
  selfAnalysisDone: boolean
  fullRuleNameToShort: Record<string, number>
  lookAheadFuncsCache: Lookaheads[]
  currRuleLookaheadFuncs: Lookaheads
  tokVector: IToken[]
  tokVectorLength: number
  currIdx: number
  preComputeLookaheadFunctions(rules: Recorded[]): void
  topLevelRuleRecord(name: string, body: () => unknown): Recorded
  consumeInternalRecord(type: TokenType, idx: number): IToken
  subruleInternalRecord(rule: unknown, idx: number): void
  optionInternalRecord(body: () => unknown, idx: number): void
  orInternalRecord(alternatives: IOrAlt<unknown>[], idx: number): void
  manyInternalRecord(idx: number, body: () => void): void
  atLeastOneInternalRecord(idx: number, body: () => void): void
  atLeastOneSepFirstInternalRecord(idx: number, list: { SEP: TokenType; DEF: () => void }): void
}
type Lookaheads = unknown[]
type Body = (...args: unknown[]) => unknown
/** A rule as this parser keeps it: Chevrotain's own wrappers would cost more than most rules do. */
type Entry = {
  ruleName: string
  body: Body
  /** By place within the rule; absent until the rule first runs. */
  lookaheads: Lookaheads | undefined
  recording: Recorded | undefined
}

export class SqlParser extends EmbeddedActionsParser {
  private depth = 0
  private readonly validated: boolean
  private readonly engine = this as unknown as Engine
  private readonly entries = new Map<string, Entry>()
  private readonly root: (entry: Entry, args: unknown[]) => unknown

  constructor(validate: boolean) {
    super(vocabulary, {
      maxLookahead: 1,
      skipValidations: !validate,
      // Validation wants Chevrotain's own lookahead, which knows ambiguities.
      ...(validate
        ? {}
        : { lookaheadStrategy: new LazyLookahead((name) => this.recordingOf(this.entries.get(name) as Entry)) }),
      recoveryEnabled: false,
      errorMessageProvider: noMessages,
    })
    this.validated = validate
    this.root = this.RULE('root', (entry: Entry, args: unknown[]) =>
      this.RECORDING_PHASE ? undefined : this.run(entry, args),
    )
  }

  /** After the last rule. */
  analyse() {
    // Each rule is analysed when it first runs. Chevrotain refuses input until told that analysis is done.
    if (this.validated) this.performSelfAnalysis()
    else this.engine.selfAnalysisDone = true
  }

  /** What the tokens are, read by that rule; the caller looks whether any are left. */
  read<A extends unknown[], R>(tokens: SqlToken[], rule: Rule<A, R>, ...args: A): R {
    this.depth = 0
    this.input = tokens
    return this.root.call(this, rule as unknown as Entry, args) as R
  }

  /** Lets go of the tokens. */
  done() {
    this.input = []
  }

  rule<A extends unknown[], R>(name: string, body: (...args: A) => R): Rule<A, R> {
    // Chevrotain looks rules up as properties of the parser; the prefix keeps `option` and the like its own.
    const entry: Entry = { ruleName: `$${name}`, body: body as Body, lookaheads: undefined, recording: undefined }
    if (this.validated) {
      const rule = this.RULE(entry.ruleName, () => blank(entry))
      Object.assign(this, { [entry.ruleName]: rule })
    }
    this.entries.set(entry.ruleName, entry)
    return entry as unknown as Rule<A, R>
  }

  private run(entry: Entry, args: unknown[]): unknown {
    const engine = this.engine
    const outer = engine.currRuleLookaheadFuncs
    engine.currRuleLookaheadFuncs = entry.lookaheads ?? this.lookaheadsOf(entry)
    const result = entry.body(...args)
    // Not so after an error, which ends the reading.
    engine.currRuleLookaheadFuncs = outer
    return result
  }

  private lookaheadsOf(entry: Entry): Lookaheads {
    const { fullRuleNameToShort, lookAheadFuncsCache } = this.engine
    const at = lookAheadFuncsCache.push([]) - 1
    fullRuleNameToShort[entry.ruleName] = at
    this.engine.preComputeLookaheadFunctions([this.recordingOf(entry)])
    entry.lookaheads = lookAheadFuncsCache[at]
    return entry.lookaheads
  }

  /** The rule as Chevrotain's data. Taken while a text is being read, whose place is kept aside. */
  private recordingOf(entry: Entry): Recorded {
    if (entry.recording !== undefined) return entry.recording
    const engine = this.engine
    const { tokVector, tokVectorLength, currIdx } = engine
    const depth = this.depth
    engine.tokVector = []
    engine.tokVectorLength = 0
    engine.currIdx = -1
    this.depth = 0
    engine.RECORDING_PHASE = true
    entry.recording = engine.topLevelRuleRecord(entry.ruleName, () => blank(entry))
    engine.RECORDING_PHASE = false
    engine.tokVector = tokVector
    engine.tokVectorLength = tokVectorLength
    engine.currIdx = currIdx
    this.depth = depth
    return entry.recording
  }

  // Chevrotain would first work out what it expected instead.

  raiseNoAltException(): never {
    throw unexpected(this.token(1))
  }

  raiseEarlyExitException(): never {
    throw unexpected(this.token(1))
  }

  consumeInternalError(_type: TokenType, token: SqlToken): never {
    throw unexpected(token)
  }

  eat(idx: number, type: TokenType): SqlToken {
    if (this.RECORDING_PHASE) return this.engine.consumeInternalRecord(type, idx) as SqlToken
    return this.consume(idx, type) as SqlToken
  }

  /** Several tokens in a row. */
  words(idx: number, ...types: TokenType[]): true {
    for (const type of types) this.eat(idx, type)
    return true
  }

  // While recording, results are empty arrays: whatever a rule does with them does no harm.
  sub<A extends unknown[], R>(idx: number, rule: Rule<A, R>, ...args: A): R {
    if (!this.RECORDING_PHASE) return this.run(rule as unknown as Entry, args) as R
    this.engine.subruleInternalRecord(rule, idx)
    return [] as R
  }

  opt<R>(idx: number, body: () => R): R | undefined {
    if (!this.RECORDING_PHASE) return this.option(idx, body)
    this.engine.optionInternalRecord(body, idx)
    return undefined
  }

  optIf<R>(idx: number, gate: () => boolean, body: () => R): R | undefined {
    if (!this.RECORDING_PHASE && !gate()) return undefined
    return this.opt(idx, body)
  }

  /** An optional run of tokens, taken only as a whole. */
  flag(idx: number, ...types: TokenType[]): boolean {
    if (this.RECORDING_PHASE) this.engine.optionInternalRecord(() => this.words(idx, ...types), idx)
    else if (this.at(...types)) return this.words(idx, ...types)
    return false
  }

  alt<R>(idx: number, alternatives: IOrAlt<R>[]): R {
    if (!this.RECORDING_PHASE) return this.or(idx, alternatives) as R
    this.engine.orInternalRecord(alternatives, idx)
    return [] as R
  }

  loop(idx: number, body: () => void) {
    if (this.RECORDING_PHASE) this.engine.manyInternalRecord(idx, body)
    else this.many(idx, body)
  }

  some(idx: number, body: () => void) {
    if (this.RECORDING_PHASE) this.engine.atLeastOneInternalRecord(idx, body)
    else this.atLeastOne(idx, body)
  }

  someIf(idx: number, gate: () => boolean, body: () => void) {
    if (this.RECORDING_PHASE) this.engine.atLeastOneInternalRecord(idx, body)
    else this.atLeastOne(idx, { GATE: gate, DEF: body })
  }

  loopIf(idx: number, gate: () => boolean, body: () => void) {
    if (this.RECORDING_PHASE) this.engine.manyInternalRecord(idx, body)
    else this.many(idx, { GATE: gate, DEF: body })
  }

  /** One or more, comma between. What is not there is refused by the body, at the same token. */
  list<R>(idx: number, body: () => R): R[] {
    if (this.RECORDING_PHASE) {
      this.engine.atLeastOneSepFirstInternalRecord(idx, { SEP: T.Comma, DEF: body })
      return []
    }
    const items = [body()]
    while (this.peek(1) === T.Comma) {
      this.SKIP_TOKEN()
      items.push(body())
    }
    return items
  }

  /** The type of the nth token ahead, from 1. */
  peek(n: number): TokenType {
    return (this.LA(n) as SqlToken).tokenType
  }

  token(n: number): SqlToken {
    return this.LA(n) as SqlToken
  }

  /** Whether the next tokens are these. */
  at(...types: TokenType[]): boolean {
    for (let i = 0; i < types.length; i++) if (!is((this.LA(i + 1) as SqlToken).tokenType, types[i])) return false
    return true
  }

  /** With `n` the distance of an opening parenthesis, the distance of the token behind its partner; 0 when unclosed. */
  behind(n: number): number {
    const distance = (this.LA(n) as SqlToken).match
    return distance > 0 ? n + distance + 1 : 0
  }

  /** Whether the parenthesis `n` tokens ahead opens a query: settled by what stands behind inner parentheses. */
  queryAt(n: number): boolean {
    if (this.RECORDING_PHASE || this.peek(n) !== T.LParen) return false
    const first = this.peek(n + 1)
    if (first === T.LParen) {
      const after = this.behind(n + 1)
      if (after === 0) return false
      return this.queryAt(n + 1) && (this.peek(after) === T.RParen || queryContinues.has(this.peek(after)))
    }
    if (first === T.VALUES) return this.peek(n + 2) === T.LParen
    return first === T.SELECT || first === T.WITH || first === T.TABLE
  }

  /** `>>` at the end of nested angle brackets: turned into one `>` for the outer type, without taking it. */
  splitShift(): boolean {
    if (this.RECORDING_PHASE) return false
    const token = this.LA(1) as SqlToken
    if (token.image !== '>>') return false
    token.retag(T.Gt)
    token.startOffset++
    return true
  }

  get recording(): boolean {
    return this.RECORDING_PHASE
  }

  unexpected(token: SqlToken, message?: string): GrammarError {
    return unexpected(token, message)
  }

  /** Where a node begins. */
  mark(): number {
    return this.RECORDING_PHASE ? 0 : (this.LA(1) as SqlToken).startOffset
  }

  /** From `start` to the end of the last token taken. */
  span(start: number): Span {
    return { start, end: this.RECORDING_PHASE ? 0 : (this.LA(0) as SqlToken).endOffset + 1 }
  }

  tokenSpan(token: SqlToken): Span {
    if (this.RECORDING_PHASE) return recorded.span
    return { start: token.startOffset, end: token.endOffset + 1 }
  }

  ident(token: SqlToken): Ident {
    if (this.RECORDING_PHASE) return recorded
    return { kind: 'ident', name: token.value, quoted: token.quoted, span: this.tokenSpan(token) }
  }

  emptyIdent(): Ident {
    return recorded
  }

  /** Refuses the next token. */
  fail(message?: string): void {
    if (this.RECORDING_PHASE) return
    throw unexpected(this.LA(1) as SqlToken, message)
  }

  deeper(): void {
    if (++this.depth > depthMax) throw this.tooDeep(`A statement nests at most ${depthMax} levels deep.`)
  }

  private tooDeep(hint: string): GrammarError {
    return new GrammarError(statementTooComplex, 'stack depth limit exceeded', this.mark(), hint)
  }

  shallower(): void {
    this.depth--
  }

  chain(length: number): void {
    if (length > chainMax) throw this.tooDeep(`At most ${chainMax} operators, joins or queries follow each other.`)
  }
}

export function unexpected(token: SqlToken, message = 'syntax error'): GrammarError {
  if (token.tokenType === EOF) return new GrammarError(syntaxError, `${message} at end of input`, token.startOffset)
  if (token.error) return token.error
  return new GrammarError(syntaxError, `${message} at or near "${token.image}"`, token.startOffset)
}

/** Appends where there is a list. A rule must not write `list?.push(…)`: with no list, as while recording, that skips its argument. */
export function push<X>(list: X[] | undefined, item: X): void {
  list?.push(item)
}

/** While the grammar is recorded a rule runs without arguments; empty objects take their place. */
function blank(entry: Entry): unknown {
  return entry.body(...Array.from({ length: entry.body.length }, () => ({})))
}
