// One token of a statement.
import type { IToken, TokenType } from 'chevrotain'
import type { GrammarError } from './errors.ts'

/** Chevrotain's token with what the grammar needs beside it. */
export class SqlToken implements IToken {
  startOffset: number
  /** Inclusive, as Chevrotain has it. */
  endOffset: number
  tokenType: TokenType
  tokenTypeIdx: number
  /** Folded name, decoded string, or decimal number text. */
  value: string
  quoted: boolean
  /** Of an opening parenthesis or bracket: how many tokens further its partner stands; 0 when it has none. */
  match = 0
  error: GrammarError | undefined = undefined

  private readonly source: string

  constructor(tokenType: TokenType, source: string, start: number, end: number, value: string, quoted: boolean) {
    this.tokenType = tokenType
    this.tokenTypeIdx = tokenType.tokenTypeIdx as number
    this.source = source
    this.startOffset = start
    this.endOffset = end - 1
    this.value = value
    this.quoted = quoted
  }

  /** Cut out only when somebody asks, as errors do. */
  get image(): string {
    return this.source.slice(this.startOffset, this.endOffset + 1)
  }

  /** Blanks and comments behind it, up to where the next token begins. */
  gapTo(next: number): string {
    return this.source.slice(this.endOffset + 1, next)
  }

  retag(type: TokenType) {
    this.tokenType = type
    this.tokenTypeIdx = type.tokenTypeIdx as number
  }
}
