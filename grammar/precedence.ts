// Operators by precedence, PostgreSQL's table.
import type { TokenType } from 'chevrotain'
import { T } from './tokens.ts'

/** Higher binds tighter. */
export const prec = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  compare: 5,
  like: 6,
  operator: 8,
  add: 9,
  multiply: 10,
  power: 11,
  at: 12,
  collate: 13,
  sign: 14,
  cast: 17,
}

const infix = new Map<TokenType, number>([
  [T.OR, prec.or],
  [T.AND, prec.and],
  [T.IS, prec.is],
  [T.ISNULL, prec.is],
  [T.NOTNULL, prec.is],
  [T.Eq, prec.compare],
  [T.Lt, prec.compare],
  [T.Gt, prec.compare],
  [T.Le, prec.compare],
  [T.Ge, prec.compare],
  [T.Ne, prec.compare],
  [T.BETWEEN, prec.like],
  [T.IN, prec.like],
  [T.LIKE, prec.like],
  [T.ILIKE, prec.like],
  [T.SIMILAR, prec.like],
  [T.NotOp, prec.like],
  [T.OVERLAPS, prec.like],
  [T.Op, prec.operator],
  [T.Pipe, prec.operator],
  [T.OPERATOR, prec.operator],
  [T.Plus, prec.add],
  [T.Minus, prec.add],
  [T.Star, prec.multiply],
  [T.Slash, prec.multiply],
  [T.Percent, prec.multiply],
  [T.Caret, prec.power],
  [T.AT, prec.at],
  [T.COLLATE, prec.collate],
  [T.DoubleColon, prec.cast],
  [T.LBracket, 18],
  [T.Dot, 18],
])
/** By token type index: the climb asks for every token. */
export const precOf: number[] = []
for (const [type, p] of infix) precOf[type.tokenTypeIdx as number] = p

/** PostgreSQL's b_expr, where AND, IN, LIKE and so on belong to what surrounds it. */
export const restrictedOut = new Set<TokenType>([
  T.OR,
  T.AND,
  T.ISNULL,
  T.NOTNULL,
  T.BETWEEN,
  T.IN,
  T.LIKE,
  T.ILIKE,
  T.SIMILAR,
  T.NotOp,
  T.OVERLAPS,
  T.AT,
  T.COLLATE,
])
