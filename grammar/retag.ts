// Words whose meaning their neighbours decide. Settled here, once, so that the grammar needs one token of lookahead.
import type { TokenType } from 'chevrotain'
import type { SqlToken } from './token.ts'
import { BareLabel, ColId, ColLabel, Identifier, T, tokenIdxEnd } from './tokens.ts'

const negatable = new Set<TokenType>([T.BETWEEN, T.IN, T.LIKE, T.ILIKE, T.SIMILAR])
const streamEnds = new Set<TokenType>([T.CHANGES, T.FINAL, T.ON, T.PERIODIC])
const nameFollows = new Set<TokenType>([T.Comma, T.RParen, T.Semicolon, T.Dot, T.Eq, T.RBracket, T.AS, T.FROM, T.WHERE])

/** Functions with a syntax of their own; without a parenthesis they are ordinary column names. */
const specialFunctions = new Set<TokenType>([
  T.COALESCE,
  T.EXTRACT,
  T.GREATEST,
  T.JSON_ARRAY,
  T.JSON_ARRAYAGG,
  T.JSON_EXISTS,
  T.JSON_OBJECT,
  T.JSON_OBJECTAGG,
  T.JSON_QUERY,
  T.JSON_SCALAR,
  T.JSON_SERIALIZE,
  T.JSON_TABLE,
  T.JSON_VALUE,
  T.LEAST,
  T.NORMALIZE,
  T.NULLIF,
  T.OVERLAY,
  T.POSITION,
  T.SUBSTRING,
  T.TREAT,
  T.TRIM,
  T.TRY_CAST,
  T.OPERATOR,
])
/** Functions PostgreSQL gives a syntax that this grammar does not have: read as calls of that name. */
const plainFunctions = new Set<TokenType>([T.MERGE_ACTION])

/** What an ASOF join begins with; RIGHT and FULL are read so that they can be refused by name. */
const asofSides: ReadonlySet<TokenType> = new Set([T.JOIN, T.INNER, T.LEFT, T.RIGHT, T.FULL])

/** Behind them stands a name, whatever follows. */
const named: ReadonlySet<TokenType | undefined> = new Set([T.AS, T.Dot, T.Comma, T.SELECT])

/** Behind them JSON is a type or an alias. */
const beforeType: ReadonlySet<TokenType | undefined> = new Set([
  T.AS,
  T.DoubleColon,
  T.RParen,
  T.Dot,
  T.ENCODE,
  T.FORMAT,
  Identifier,
])

/** By token type index: whether retagging looks at the token at all. */
const contextual = new Uint8Array(tokenIdxEnd)
for (const type of [
  T.NOT,
  T.NULLS,
  T.WITH,
  T.EMIT,
  T.ALLOWED,
  T.ASOF,
  T.QUALIFY,
  T.JSON,
  T.AS,
  ...specialFunctions,
  ...plainFunctions,
])
  contextual[type.tokenTypeIdx as number] = 1

export function is(type: TokenType, category: TokenType) {
  return type === category || category.categoryMatchesMap?.[type.tokenTypeIdx as number] === true
}

export function retag(tokens: SqlToken[]) {
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (contextual[token.tokenTypeIdx] !== 1) continue
    const type = token.tokenType
    const next = tokens[i + 1]?.tokenType
    if (type === T.NOT) {
      if (next && negatable.has(next)) token.retag(T.NotOp)
    } else if (type === T.NULLS) {
      if (next === T.FIRST || next === T.LAST) token.retag(T.NullsOrder)
    } else if (type === T.WITH) {
      if (next === T.TIME || next === T.ORDINALITY) token.retag(T.WithType)
    } else if (type === T.EMIT) {
      if (next && streamEnds.has(next) && tokens[i - 1]?.tokenType !== T.AS) token.retag(T.EmitClause)
    } else if (type === T.ALLOWED) {
      if (next === T.LATENESS && !named.has(tokens[i - 1]?.tokenType)) token.retag(T.AllowedClause)
    } else if (type === T.ASOF) {
      const alias = tokens[i - 1]?.tokenType === T.AS
      if (!alias && next && asofSides.has(next)) token.retag(T.AsofJoin)
    } else if (type === T.QUALIFY) {
      const before = tokens[i - 1]?.tokenType
      const name =
        !next ||
        nameFollows.has(next) ||
        before === T.AS ||
        before === T.Dot ||
        before === T.Comma ||
        before === T.SELECT
      if (!name) token.retag(T.QualifyClause)
    } else if (type === T.JSON) {
      if (next === T.LParen && !beforeType.has(tokens[i - 1]?.tokenType)) token.retag(T.JsonCall)
    } else if (type === T.AS) {
      if (next === T.OF && startsInstant(tokens, i)) token.retag(T.AsOf)
    } else if (specialFunctions.has(type)) {
      if (next !== T.LParen && !(type === T.LEAST && tokens[i - 1]?.tokenType === T.AT)) token.retag(Identifier)
    } else if (plainFunctions.has(type)) token.retag(Identifier)
  }
}

/** `AS OF` before a point in time, not the alias `of`. */
function startsInstant(tokens: SqlToken[], i: number) {
  if (tokens[i - 1]?.tokenType === T.SYSTEM_TIME) return true
  const t = tokens[i + 2]?.tokenType
  if (!t) return false
  if (
    t === T.AT ||
    t === T.String ||
    t === T.Number ||
    t === T.Param ||
    t === T.Minus ||
    t === T.CAST ||
    t === T.INTERVAL
  )
    return true
  if (t === T.LParen) return tokens[i + 2 + tokens[i + 2].match + 1]?.tokenType !== T.JOIN
  return is(t, ColId) && is(t, ColLabel) && is(t, BareLabel) && tokens[i + 3]?.tokenType !== T.JOIN
}
