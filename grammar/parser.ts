// The parser all rule files add their rules to. Rules are functions over `g` (this class: consuming, choosing,
// repeating, looking ahead) and `r` (the table of rules). Every call takes its index within the rule first, which is
// how Chevrotain finds the lookahead function it prepared for that place.
import { EmbeddedActionsParser, EOF, type IOrAlt, type TokenType } from 'chevrotain'
import type { Ident, Span } from './ast-base.ts'
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
  T.AsOf,
])

/** What stands for a name while Chevrotain records the grammar and no token exists. */
const recorded: Ident = { kind: 'ident', name: '', quoted: false, span: { start: 0, end: 0 } }

export class SqlParser extends EmbeddedActionsParser {
  private depth = 0

  constructor(validate: boolean) {
    super(vocabulary, {
      maxLookahead: 1,
      skipValidations: !validate,
      // Validation wants Chevrotain's own lookahead, which knows ambiguities.
      ...(validate ? {} : { lookaheadStrategy: new LazyLookahead() }),

      recoveryEnabled: false,
      errorMessageProvider: noMessages,
    })
  }

  analyse() {
    this.performSelfAnalysis()
  }

  begin(tokens: SqlToken[]) {
    this.depth = 0
    this.input = tokens
  }

  rule<A extends unknown[], R>(name: string, body: (...args: A) => R): Rule<A, R> {
    // Chevrotain looks rules up as properties of the parser; the prefix keeps `option` and the like its own.
    const rule = this.RULE(`$${name}`, body as (...args: unknown[]) => R)
    Object.assign(this, { [`$${name}`]: rule })
    // While it records the grammar Chevrotain calls a rule without arguments; empty objects take their place.
    const blanks = Array.from({ length: body.length }, () => ({}))
    Object.assign(rule, { originalGrammarAction: () => body.apply(this, blanks as unknown as A) })
    return rule as unknown as Rule<A, R>
  }

  eat(idx: number, type: TokenType): SqlToken {
    return this.consume(idx, type) as SqlToken
  }

  /** Several tokens in a row. */
  words(idx: number, ...types: TokenType[]): true {
    for (const type of types) this.consume(idx, type)
    return true
  }

  // While recording, results are empty arrays: whatever a rule does with them does no harm.
  sub<A extends unknown[], R>(idx: number, rule: Rule<A, R>, ...args: A): R {
    const result = this.subrule(idx, rule as never, { ARGS: args as never }) as R
    return this.RECORDING_PHASE ? ([] as R) : result
  }

  opt<R>(idx: number, body: () => R): R | undefined {
    const result = this.option(idx, body)
    return this.RECORDING_PHASE ? undefined : result
  }

  optIf<R>(idx: number, gate: () => boolean, body: () => R): R | undefined {
    const result = this.option(idx, { GATE: gate, DEF: body })
    return this.RECORDING_PHASE ? undefined : result
  }

  /** An optional run of tokens, taken only as a whole. */
  flag(idx: number, ...types: TokenType[]): boolean {
    let taken = false
    this.option(idx, {
      GATE: () => this.at(...types),
      DEF: () => {
        for (const type of types) this.consume(idx, type)
        taken = true
      },
    })
    return taken
  }

  alt<R>(idx: number, alternatives: IOrAlt<R>[]): R {
    const result = this.or(idx, alternatives) as R
    return this.RECORDING_PHASE ? ([] as R) : result
  }

  loop(idx: number, body: () => void) {
    this.many(idx, body)
  }

  some(idx: number, body: () => void) {
    this.atLeastOne(idx, body)
  }

  someIf(idx: number, gate: () => boolean, body: () => void) {
    this.atLeastOne(idx, { GATE: gate, DEF: body })
  }

  loopIf(idx: number, gate: () => boolean, body: () => void) {
    this.many(idx, { GATE: gate, DEF: body })
  }

  /** One or more, comma between. At most ten in a rule. */
  list<R>(idx: number, body: () => R): R[] {
    const items: R[] = []
    const options = { SEP: T.Comma, DEF: () => void items.push(body()) }
    switch (idx) {
      case 0:
        this.AT_LEAST_ONE_SEP(options)
        break
      case 1:
        this.AT_LEAST_ONE_SEP1(options)
        break
      case 2:
        this.AT_LEAST_ONE_SEP2(options)
        break
      case 3:
        this.AT_LEAST_ONE_SEP3(options)
        break
      case 4:
        this.AT_LEAST_ONE_SEP4(options)
        break
      case 5:
        this.AT_LEAST_ONE_SEP5(options)
        break
      case 6:
        this.AT_LEAST_ONE_SEP6(options)
        break
      case 7:
        this.AT_LEAST_ONE_SEP7(options)
        break
      case 8:
        this.AT_LEAST_ONE_SEP8(options)
        break
      default:
        this.AT_LEAST_ONE_SEP9(options)
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
    token.image = '>'
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
    if (++this.depth > depthMax) throw new GrammarError(statementTooComplex, 'stack depth limit exceeded', this.mark())
  }

  shallower(): void {
    this.depth--
  }

  chain(length: number): void {
    if (length > chainMax) throw new GrammarError(statementTooComplex, 'stack depth limit exceeded', this.mark())
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
