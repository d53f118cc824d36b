// WITH and its recursion.
import type { Cte, Expr, With } from './ast.ts'
import type { Ident, TypeName } from './ast-base.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, T } from './tokens.ts'

export function withRules(g: SqlParser, r: Rules) {
  r.with = g.rule('with', (): With => {
    const start = g.mark()
    g.eat(1, T.WITH)
    let mode: With['mode'] = 'plain'
    const recursionLimits: With['recursionLimits'] = []
    if (g.flag(2, T.RECURSIVE)) mode = 'recursive'
    g.optIf(
      3,
      () => g.peek(2) === T.RECURSIVE,
      () => {
        g.words(4, T.MUTUALLY, T.RECURSIVE)
        mode = 'mutuallyRecursive'
        g.opt(5, () => {
          g.eat(6, T.LParen)
          g.list(0, () => {
            let onLimit: 'return' | 'error' = 'error'
            g.opt(7, () =>
              g.alt<unknown>(8, [
                { ALT: () => g.words(9, T.RETURN, T.AT) && (onLimit = 'return') },
                { ALT: () => g.words(10, T.ERROR, T.AT) },
              ]),
            )
            g.words(11, T.RECURSION, T.LIMIT)
            g.flag(12, T.Eq)
            recursionLimits.push({ onLimit, limit: g.sub(13, r.expr, 0) })
          })
          g.eat(14, T.RParen)
        })
      },
    )
    const ctes = g.list(1, () => g.sub(15, r.cte))
    return { kind: 'with', mode, recursionLimits, ctes, span: g.span(start) }
  })

  r.cte = g.rule('cte', (): Cte => {
    const start = g.mark()
    const name = g.ident(g.eat(1, ColId))
    const columns: Ident[] = []
    const types: TypeName[] = []
    g.opt(2, () => {
      g.eat(3, T.LParen)
      g.list(0, () => {
        columns.push(g.ident(g.eat(4, ColId)))
        g.opt(5, () => types.push(g.sub(6, r.typeName)))
      })
      g.eat(7, T.RParen)
    })
    g.eat(8, T.AS)
    let materialized: boolean | undefined
    g.opt(9, () =>
      g.alt(10, [
        { ALT: () => g.words(11, T.NOT, T.MATERIALIZED) && (materialized = false) },
        { ALT: () => g.eat(12, T.MATERIALIZED) && (materialized = true) },
      ]),
    )
    g.eat(13, T.LParen)
    g.deeper()
    const query = g.sub(14, r.dmlOrQuery) as Cte['query']
    g.shallower()
    g.eat(15, T.RParen)
    const search = g.opt(16, () => g.sub(17, r.cteSearch))
    const cycle = g.opt(18, () => g.sub(19, r.cteCycle))
    return {
      kind: 'cte',
      name,
      columns,
      types,
      ...(materialized !== undefined && { materialized }),
      query,
      ...(search && { search }),
      ...(cycle && { cycle }),
      span: g.span(start),
    }
  })

  r.cteSearch = g.rule('cteSearch', (): NonNullable<Cte['search']> => {
    g.eat(1, T.SEARCH)
    const order = g.alt<'DEPTH' | 'BREADTH'>(2, [
      { ALT: () => g.eat(3, T.DEPTH) && 'DEPTH' },
      { ALT: () => g.eat(4, T.BREADTH) && 'BREADTH' },
    ])
    g.words(5, T.FIRST, T.BY)
    const by = g.list(0, () => g.ident(g.eat(6, ColId)))
    g.eat(7, T.SET)
    return { order, by, set: g.ident(g.eat(8, ColId)) }
  })

  r.cteCycle = g.rule('cteCycle', (): NonNullable<Cte['cycle']> => {
    g.eat(1, T.CYCLE)
    const columns = g.list(0, () => g.ident(g.eat(2, ColId)))
    g.eat(3, T.SET)
    const set = g.ident(g.eat(4, ColId))
    let to: Expr | undefined
    let otherwise: Expr | undefined
    g.opt(5, () => {
      g.eat(6, T.TO)
      to = g.sub(7, r.primary)
      g.eat(8, T.DEFAULT)
      otherwise = g.sub(9, r.primary)
    })
    g.eat(10, T.USING)
    return {
      columns,
      set,
      ...(to && { to }),
      ...(otherwise && { default: otherwise }),
      using: g.ident(g.eat(11, ColId)),
    }
  })
}
