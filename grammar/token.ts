// One token of a statement.
import type { IToken, TokenType } from 'chevrotain'
import type { GrammarError } from './errors.ts'

/** Chevrotain's token with what the grammar needs beside it. */
export class SqlToken implements IToken {
  image: string
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
  payload: undefined = undefined

  constructor(tokenType: TokenType, image: string, start: number, value: string, quoted: boolean) {
    this.tokenType = tokenType
    this.tokenTypeIdx = tokenType.tokenTypeIdx as number
    this.image = image
    this.startOffset = start
    this.endOffset = start + image.length - 1
    this.value = value
    this.quoted = quoted
  }
  retag(type: TokenType) {
    this.tokenType = type
    this.tokenTypeIdx = type.tokenTypeIdx as number
  }
}
