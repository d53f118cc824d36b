// BEGIN to SAVEPOINT.
import type { Begin, Commit, Rollback, RollbackTo, Statement, TransactionMode } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, T } from './tokens.ts'

export function transactionRules(g: SqlParser, r: Rules) {
  r.begin = g.rule('begin', (): Begin => {
    const s = g.mark()
    const spelling = g.alt<Begin['spelling']>(1, [
      {
        ALT: () => {
          g.eat(2, T.BEGIN)
          g.sub(3, r.workWord)
          return 'BEGIN'
        },
      },
      { ALT: () => g.words(4, T.START, T.TRANSACTION) && 'START TRANSACTION' },
    ])
    return { kind: 'begin', spelling, modes: g.sub(5, r.transactionModes), span: g.span(s) }
  })

  r.workWord = g.rule('workWord', (): void => {
    g.opt(1, () => g.alt(2, [{ ALT: () => g.eat(3, T.WORK) }, { ALT: () => g.eat(4, T.TRANSACTION) }]))
  })

  r.chainWord = g.rule('chainWord', (): { chain?: boolean } => {
    let chain: boolean | undefined
    g.opt(1, () => {
      g.eat(2, T.AND)
      chain = !g.flag(3, T.NO)
      g.eat(4, T.CHAIN)
    })
    return chain === undefined ? {} : { chain }
  })

  r.transactionModes = g.rule('transactionModes', (): TransactionMode[] => {
    const modes: TransactionMode[] = []
    g.loop(1, () => {
      g.flag(2, T.Comma)
      modes.push(g.sub(3, r.transactionMode))
    })
    return modes
  })

  r.transactionMode = g.rule(
    'transactionMode',
    (): TransactionMode =>
      g.alt<TransactionMode>(1, [
        {
          ALT: () => {
            g.words(2, T.ISOLATION, T.LEVEL)
            const level = g.alt<Extract<TransactionMode, { mode: 'isolation' }>['level']>(3, [
              { ALT: () => g.eat(4, T.SERIALIZABLE) && 'SERIALIZABLE' },
              { ALT: () => g.words(5, T.STRICT, T.SERIALIZABLE) && 'STRICT SERIALIZABLE' },
              { ALT: () => g.words(6, T.REPEATABLE, T.READ) && 'REPEATABLE READ' },
              {
                ALT: () => {
                  g.eat(7, T.READ)
                  return g.alt(8, [
                    { ALT: () => g.eat(9, T.COMMITTED) && 'READ COMMITTED' },
                    { ALT: () => g.eat(10, T.UNCOMMITTED) && 'READ UNCOMMITTED' },
                  ])
                },
              },
            ])
            return { mode: 'isolation', level }
          },
        },
        {
          ALT: () => {
            g.eat(11, T.READ)
            return {
              mode: 'access',
              readOnly: g.alt(12, [
                { ALT: () => g.eat(13, T.ONLY) && true },
                { ALT: () => g.eat(14, T.WRITE) && false },
              ]),
            }
          },
        },
        { ALT: () => g.eat(15, T.DEFERRABLE) && { mode: 'deferrable', deferrable: true } },
        { ALT: () => g.words(16, T.NOT, T.DEFERRABLE) && { mode: 'deferrable', deferrable: false } },
      ]),
  )

  r.commit = g.rule('commit', (): Commit => {
    const s = g.mark()
    g.alt(1, [{ ALT: () => g.eat(2, T.COMMIT) }, { ALT: () => g.eat(3, T.END) }])
    g.sub(4, r.workWord)
    return { kind: 'commit', ...g.sub(5, r.chainWord), span: g.span(s) }
  })

  r.rollback = g.rule('rollback', (): Rollback | RollbackTo => {
    const s = g.mark()
    g.alt(1, [{ ALT: () => g.eat(2, T.ROLLBACK) }, { ALT: () => g.eat(3, T.ABORT) }])
    g.sub(4, r.workWord)
    const to = g.opt(5, () => {
      g.eat(6, T.TO)
      g.flag(7, T.SAVEPOINT)
      return g.ident(g.eat(8, ColId))
    })
    if (to) return { kind: 'rollbackTo', name: to, span: g.span(s) }
    return { kind: 'rollback', ...g.sub(9, r.chainWord), span: g.span(s) }
  })

  r.savepoint = g.rule('savepoint', (): Statement => {
    const s = g.mark()
    return g.alt<Statement>(1, [
      { ALT: () => g.eat(2, T.SAVEPOINT) && { kind: 'savepoint', name: g.ident(g.eat(3, ColId)), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(4, T.RELEASE)
          g.flag(5, T.SAVEPOINT)
          return { kind: 'release', name: g.ident(g.eat(6, ColId)), span: g.span(s) }
        },
      },
    ])
  })
}
