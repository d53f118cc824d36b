// Token types: one a word, one a symbol, four categories for the name classes.
import type { TokenType } from 'chevrotain'
import { createToken as chevrotainToken } from './chevrotain.ts'
import { asLabelOnly, colName, reserved, streaming, typeFunc, unreserved, type Word } from './keywords.ts'

/**
 * What Chevrotain's `createToken` makes, without its cost: that resolves all categories anew for each of six hundred
 * tokens. Indices start far above those Chevrotain has given to its own.
 */
let nextIdx = 100
function createToken(options: { name: string; categories?: TokenType[] }): TokenType {
  const type: TokenType = {
    name: options.name,
    CATEGORIES: [],
    tokenTypeIdx: nextIdx++,
    categoryMatches: [],
    categoryMatchesMap: {},
    isParent: false,
  }
  for (const category of options.categories ?? []) {
    category.isParent = true
    category.categoryMatches?.push(type.tokenTypeIdx as number)
    if (category.categoryMatchesMap) category.categoryMatchesMap[type.tokenTypeIdx as number] = true
  }
  return type
}

/** Consumed where the grammar wants a name of that class. */
export const ColId = createToken({ name: 'ColId' })
export const TypeFunc = createToken({ name: 'TypeFunc' })
export const ColLabel = createToken({ name: 'ColLabel' })
export const BareLabel = createToken({ name: 'BareLabel' })

const anyName = [ColId, TypeFunc, ColLabel, BareLabel]
export const Identifier = createToken({ name: 'Identifier', categories: anyName })

const keywords = new Map<string, TokenType>()
function words(list: string, ...classes: TokenType[]) {
  for (const word of list.split(' ')) {
    const categories = [...classes, ColLabel]
    if (!asLabelOnly.has(word)) categories.push(BareLabel)
    keywords.set(word, createToken({ name: word.toUpperCase(), categories }))
  }
}
words(unreserved, ColId, TypeFunc)
words(reserved)
words(typeFunc, TypeFunc)
words(colName, ColId)
words(streaming, ColId, TypeFunc)

export const keywordTypes: ReadonlyMap<string, TokenType> = keywords

/** Every operator, and those that may stand before their operand. */
export const AnyOperator = createToken({ name: 'AnyOperator' })
export const PrefixOperator = createToken({ name: 'PrefixOperator' })

function symbol(name: string, ...categories: TokenType[]) {
  return createToken({ name, categories })
}
const symbols = {
  String: symbol('String'),
  BitString: symbol('BitString'),
  Number: symbol('Number'),
  Param: symbol('Param'),
  /** Any operator without a type of its own. */
  Op: symbol('Op', AnyOperator, PrefixOperator),
  Eq: symbol('Eq', AnyOperator),
  Lt: symbol('Lt', AnyOperator),
  Gt: symbol('Gt', AnyOperator),
  Le: symbol('Le', AnyOperator),
  Ge: symbol('Ge', AnyOperator),
  Ne: symbol('Ne', AnyOperator),
  Plus: symbol('Plus', AnyOperator, PrefixOperator),
  Minus: symbol('Minus', AnyOperator, PrefixOperator),
  Star: symbol('Star', AnyOperator),
  Slash: symbol('Slash', AnyOperator),
  Percent: symbol('Percent', AnyOperator),
  Caret: symbol('Caret', AnyOperator),
  Pipe: symbol('Pipe', AnyOperator),
  Arrow: symbol('Arrow'),
  Assign: symbol('Assign'),
  DoubleColon: symbol('DoubleColon'),
  Ellipsis: symbol('Ellipsis'),
  Dot: symbol('Dot'),
  Comma: symbol('Comma'),
  Semicolon: symbol('Semicolon'),
  LParen: symbol('LParen'),
  RParen: symbol('RParen'),
  LBracket: symbol('LBracket'),
  RBracket: symbol('RBracket'),
  LBrace: symbol('LBrace'),
  RBrace: symbol('RBrace'),
  Colon: symbol('Colon'),
  // Words that only their neighbour tells apart from a name: retagged before parsing, so that one token decides.
  NotOp: symbol('NotOp'),
  NullsOrder: symbol('NullsOrder'),
  WithType: symbol('WithType'),
  EmitClause: symbol('EmitClause'),
  AllowedClause: symbol('AllowedClause'),
  AsofJoin: symbol('AsofJoin'),
  AsOf: symbol('AsOf'),
  QualifyClause: symbol('QualifyClause'),
  JsonCall: symbol('JsonCall'),
  /** Text the lexer could not read; carries its error so that an earlier syntax error still wins. */
  Bad: symbol('Bad'),
}

export const T = {
  ...symbols,
  ...Object.fromEntries([...keywords].map(([k, v]) => [k.toUpperCase(), v])),
} as typeof symbols & Record<Uppercase<Word>, TokenType>
// Chevrotain resolves the categories of its vocabulary again; ours are resolved, so it gets one pair that tells it
// that categories are in use.
const parent = chevrotainToken({ name: 'parent' })
export const vocabulary: TokenType[] = [parent, chevrotainToken({ name: 'child', categories: parent })]

export const symbolTypes: Record<string, TokenType> = {
  '=': T.Eq,
  '<': T.Lt,
  '>': T.Gt,
  '<=': T.Le,
  '>=': T.Ge,
  '<>': T.Ne,
  '!=': T.Ne,
  '+': T.Plus,
  '-': T.Minus,
  '*': T.Star,
  '/': T.Slash,
  '%': T.Percent,
  '^': T.Caret,
  '|': T.Pipe,
  '=>': T.Arrow,
}

/** Above every index of a token type. */
export const tokenIdxEnd = nextIdx
