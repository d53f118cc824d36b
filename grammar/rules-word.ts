// Operands that begin with a word: columns, calls, typed literals, `t.*`.
import type { Expr } from './ast.ts'
import type { Ident, Name } from './ast-base.ts'
import type { ColumnRef } from './ast-leaf.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, Identifier, T, TypeFunc } from './tokens.ts'

export function wordRules(g: SqlParser, r: Rules) {
  /** A column, a call, a typed literal, `t.*`: all begin with a word, what follows tells. */
  r.wordExpr = g.rule('wordExpr', (): Expr => {
    const start = g.mark()
    const first = g.token(1)
    if (!g.recording && first.tokenType !== Identifier) {
      if (first.tokenType === T.INTERVAL && !first.quoted && intervalFollows()) return g.sub(1, r.intervalLiteral)
      if (first.tokenType === T.MAP && (g.peek(2) === T.LBrace || g.peek(2) === T.LBracket)) return g.sub(2, r.mapExpr)
      if (first.tokenType === T.CURRENT_SCHEMA && g.peek(2) !== T.LParen) {
        g.eat(3, TypeFunc)
        return { kind: 'sqlValue', name: 'current_schema', span: g.span(start) }
      }
      if (typedLiteralFollows()) {
        const type = g.sub(4, r.typeName)
        const at = g.mark()
        const { value } = g.eat(5, T.String)
        return { kind: 'typedLiteral', type, value, valueSpan: g.span(at), span: g.span(start) }
      }
    }
    const parts: Ident[] = [
      g.ident(g.alt(6, [{ ALT: () => g.eat(7, ColId) }, { ALT: () => g.eat(8, TypeFunc), IGNORE_AMBIGUITIES: true }])),
    ]
    g.loopIf(
      9,
      () => g.peek(2) !== T.Star,
      () => {
        g.eat(10, T.Dot)
        parts.push(g.ident(g.eat(11, ColLabel)))
      },
    )
    const single = parts.length === 1
    const next = g.peek(1)
    if (
      next === T.LParen &&
      !(single && is(first.tokenType, ColId) && !is(first.tokenType, TypeFunc) && typeWord(first))
    ) {
      const name: Name = { kind: 'name', parts, span: g.span(start) }
      return g.sub(12, r.callTail, name, start)
    }
    if (next === T.String && !g.recording) {
      const span = g.span(start)
      const type = r.typeOf(parts, span)
      const at = g.mark()
      const { value } = g.eat(13, T.String)
      return { kind: 'typedLiteral', type, value, valueSpan: g.span(at), span: g.span(start) }
    }
    // A word of the function class is no column: `SELECT left` fails at what follows, as in PostgreSQL.
    if (single && !is(first.tokenType, ColId)) g.fail()
    if (next === T.Dot && g.peek(2) === T.Star && !g.recording) {
      g.words(14, T.Dot, T.Star)
      return { kind: 'star', qualifier: parts, except: g.sub(15, r.starExcept), span: g.span(start) }
    }
    return { kind: 'column', parts, span: g.span(start) }
  })

  const typeWords = new Set([
    T.BIGINT,
    T.BIT,
    T.BOOLEAN,
    T.CHAR,
    T.CHARACTER,
    T.DEC,
    T.DECIMAL,
    T.FLOAT,
    T.INT,
    T.INTEGER,
    T.INTERVAL,
    T.NATIONAL,
    T.NCHAR,
    T.NUMERIC,
    T.REAL,
    T.SMALLINT,
    T.TIME,
    T.TIMESTAMP,
    T.VARCHAR,
    T.JSON,
  ])

  function typeWord(token: SqlToken) {
    return typeWords.has(token.tokenType)
  }

  /** `type 'text'` where the type takes more than a name: the whole type, then a string. */
  function typedLiteralFollows(): boolean {
    const type = g.peek(1)
    let n = 2
    if (type === T.DOUBLE && g.peek(2) === T.PRECISION) n = 3
    else if (!typeWord(g.token(1))) return false
    if (type === T.INTERVAL) return false
    if (type === T.NATIONAL) n++
    if (g.peek(n) === T.VARYING) n++
    if (g.peek(n) === T.LParen) n = g.behind(n)
    if ((type === T.TIME || type === T.TIMESTAMP) && n > 0) {
      if ((g.peek(n) === T.WithType || g.peek(n) === T.WITHOUT) && g.peek(n + 1) === T.TIME) n += 3
    }
    return n > 0 && g.peek(n) === T.String
  }

  function intervalFollows() {
    const next = g.peek(2)
    if (next === T.String) return true
    if (next === T.Number) return r.isUnit(g.token(3))
    if (next === T.Minus && g.peek(3) === T.Number) return r.isUnit(g.token(4))
    return next === T.LParen && g.peek(3) === T.Number && g.peek(4) === T.RParen && g.peek(5) === T.String
  }

  /** `* EXCEPT (a, t.b)`, `* EXCLUDE (a, b)`, `* EXCLUDE a` */
  r.starExcept = g.rule('starExcept', () => {
    const excludes = () => g.peek(1) === T.EXCLUDE && is(g.peek(2), ColId)
    return (
      g.optIf(
        1,
        () => (g.peek(2) === T.LParen && !g.queryAt(2)) || excludes(),
        () => {
          g.alt(2, [{ ALT: () => g.eat(3, T.EXCEPT) }, { ALT: () => g.eat(4, T.EXCLUDE) }])
          return g.alt<ColumnRef[]>(5, [
            {
              ALT: () => {
                g.eat(6, T.LParen)
                const columns = g.list(0, () => g.sub(7, r.columnRef))
                g.eat(8, T.RParen)
                return columns
              },
            },
            { ALT: () => [g.sub(9, r.columnRef)] },
          ])
        },
      ) ?? []
    )
  })
}
