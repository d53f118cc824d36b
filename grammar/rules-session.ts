// Prepared statements, notifications, locks, maintenance.
import type { Expr } from './ast.ts'
import type { Ident, Name } from './ast-base.ts'
import type { Execute } from './ast-ddl.ts'
import type { Discard, LockTable, Maintenance, Prepare, Statement, Truncate } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function sessionRules(g: SqlParser, r: Rules) {
  r.discard = g.rule('discard', (): Discard => {
    const s = g.mark()
    g.eat(1, T.DISCARD)
    const what = g.alt<Discard['what']>(2, [
      { ALT: () => g.eat(3, T.ALL) && 'ALL' },
      { ALT: () => g.eat(4, T.PLANS) && 'PLANS' },
      { ALT: () => g.eat(5, T.SEQUENCES) && 'SEQUENCES' },
      { ALT: () => g.eat(6, T.TEMP) && 'TEMP' },
      { ALT: () => g.eat(7, T.TEMPORARY) && 'TEMP' },
    ])
    return { kind: 'discard', what, span: g.span(s) }
  })

  r.prepare = g.rule('prepare', (): Prepare => {
    const s = g.mark()
    g.eat(1, T.PREPARE)
    const name = g.ident(g.eat(2, ColId))
    const types =
      g.opt(3, () => {
        g.eat(4, T.LParen)
        const list = g.list(0, () => g.sub(5, r.typeName))
        g.eat(6, T.RParen)
        return list
      }) ?? []
    g.eat(7, T.AS)
    return { kind: 'prepare', name, types, statement: g.sub(8, r.statement), span: g.span(s) }
  })

  r.execute = g.rule('execute', (): Execute => {
    const s = g.mark()
    g.eat(1, T.EXECUTE)
    const name = g.ident(g.eat(2, ColId))
    const args: Expr[] = g.opt(3, () => g.sub(4, r.parenList)) ?? []
    return { kind: 'execute', name, args, span: g.span(s) }
  })

  r.deallocate = g.rule('deallocate', (): Statement => {
    const s = g.mark()
    g.eat(1, T.DEALLOCATE)
    g.optIf(
      2,
      () => is(g.peek(2), ColId) || g.peek(2) === T.ALL,
      () => g.eat(3, T.PREPARE),
    )
    const name = g.alt<Ident | undefined>(4, [
      { ALT: () => g.eat(5, T.ALL) && undefined },
      { ALT: () => g.ident(g.eat(6, ColId)) },
    ])
    return { kind: 'deallocate', ...(name && { name }), span: g.span(s) }
  })

  r.notifications = g.rule('notifications', (): Statement => {
    const s = g.mark()
    return g.alt<Statement>(1, [
      { ALT: () => g.eat(2, T.LISTEN) && { kind: 'listen', channel: g.ident(g.eat(3, ColId)), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(4, T.NOTIFY)
          const channel = g.ident(g.eat(5, ColId))
          const payload = g.opt(6, () => g.eat(7, T.Comma) && g.eat(8, T.String).value)
          return { kind: 'notify', channel, ...(payload !== undefined && { payload }), span: g.span(s) }
        },
      },
      {
        ALT: () => {
          g.eat(9, T.UNLISTEN)
          const channel = g.alt<Ident | undefined>(10, [
            { ALT: () => g.eat(11, T.Star) && undefined },
            { ALT: () => g.ident(g.eat(12, ColId)) },
          ])
          return { kind: 'unlisten', ...(channel && { channel }), span: g.span(s) }
        },
      },
    ])
  })

  r.tableTargets = g.rule('tableTargets', (): { name: Name; only?: boolean }[] =>
    g.list(0, () => {
      const only = g.flag(1, T.ONLY)
      const name = g.sub(2, r.name)
      g.flag(3, T.Star)
      return { name, ...(only && { only }) }
    }),
  )

  r.lock = g.rule('lock', (): LockTable => {
    const s = g.mark()
    g.eat(1, T.LOCK)
    g.flag(2, T.TABLE)
    const tables = g.sub(3, r.tableTargets)
    const mode = g.opt(4, () => {
      g.eat(5, T.IN)
      const words: string[] = []
      g.someIf(
        6,
        () => g.peek(1) !== T.MODE,
        () => void words.push(g.eat(7, ColLabel).value?.toUpperCase()),
      )
      g.eat(8, T.MODE)
      return words.join(' ')
    })
    const nowait = g.flag(9, T.NOWAIT)
    return { kind: 'lock', tables, ...(mode && { mode }), ...(nowait && { nowait }), span: g.span(s) }
  })

  r.truncate = g.rule('truncate', (): Truncate => {
    const s = g.mark()
    g.eat(1, T.TRUNCATE)
    g.flag(2, T.TABLE)
    const tables = g.sub(3, r.tableTargets)
    const identity = g.opt(4, () => {
      const which = g.alt<'RESTART' | 'CONTINUE'>(5, [
        { ALT: () => g.eat(6, T.RESTART) && 'RESTART' },
        { ALT: () => g.eat(7, T.CONTINUE) && 'CONTINUE' },
      ])
      g.eat(8, T.IDENTITY)
      return which
    })
    const behavior = g.sub(9, r.behavior)
    return { kind: 'truncate', tables, ...(identity && { identity }), ...(behavior && { behavior }), span: g.span(s) }
  })

  r.maintenance = g.rule('maintenance', (): Maintenance => {
    const s = g.mark()
    const command = g.alt<Maintenance['command']>(1, [
      { ALT: () => g.eat(2, T.VACUUM) && 'VACUUM' },
      { ALT: () => g.eat(3, T.ANALYZE) && 'ANALYZE' },
      { ALT: () => g.eat(4, T.ANALYSE) && 'ANALYZE' },
      { ALT: () => g.eat(5, T.REINDEX) && 'REINDEX' },
      { ALT: () => g.eat(6, T.CLUSTER) && 'CLUSTER' },
      { ALT: () => g.words(7, T.REFRESH, T.MATERIALIZED, T.VIEW) && 'REFRESH MATERIALIZED VIEW' },
      { ALT: () => g.eat(8, T.WAIT) && 'WAIT' },
      { ALT: () => g.eat(9, T.RECOVER) && 'RECOVER' },
    ])
    const options = g.opt(10, () => g.sub(11, r.options)) ?? []
    g.loopIf(
      12,
      () => g.peek(1) !== T.ANALYZE || command === 'VACUUM',
      () => {
        const from = g.mark()
        const word = g.alt(13, [
          { ALT: () => g.eat(14, T.FULL) },
          { ALT: () => g.eat(15, T.FREEZE) },
          { ALT: () => g.eat(16, T.VERBOSE) },
          { ALT: () => g.eat(17, T.ANALYZE) },
          { ALT: () => g.eat(18, T.CONCURRENTLY) },
          { ALT: () => g.eat(19, T.TABLE) },
        ])
        options.push({ kind: 'option', name: word.value, quoted: false, span: g.span(from) })
      },
    )
    const tables =
      g.opt(20, () =>
        g.list(0, () => {
          const name = g.sub(21, r.name)
          return { name, columns: g.opt(22, () => g.sub(23, r.columnList)) ?? [] }
        }),
      ) ?? []
    return { kind: 'maintenance', command, options, tables, span: g.span(s) }
  })

  r.small = g.rule('small', (): Statement => {
    const s = g.mark()
    return g.alt<Statement>(1, [
      { ALT: () => g.eat(2, T.FLUSH) && { kind: 'flush', span: g.span(s) } },
      { ALT: () => g.eat(3, T.CHECKPOINT) && { kind: 'checkpoint', span: g.span(s) } },
      {
        ALT: () => {
          g.eat(4, T.KILL)
          return {
            kind: 'kill',
            id: g.alt<SqlToken>(5, [{ ALT: () => g.eat(6, T.Number) }, { ALT: () => g.eat(7, T.String) }]).value,
            span: g.span(s),
          }
        },
      },
      { ALT: () => g.eat(8, T.USE) && { kind: 'use', name: g.sub(9, r.name), span: g.span(s) } },
      { ALT: () => g.eat(10, T.CALL) && { kind: 'callProcedure', call: g.sub(11, r.wordExpr), span: g.span(s) } },
      {
        ALT: () => {
          g.eat(12, T.DO)
          const language = g.opt(13, () => g.eat(14, T.LANGUAGE) && g.ident(g.eat(15, ColId)))
          const code = g.eat(16, T.String).value
          const after = g.opt(17, () => g.eat(18, T.LANGUAGE) && g.ident(g.eat(19, ColId))) ?? language
          return { kind: 'do', code, ...(after && { language: after }), span: g.span(s) }
        },
      },
    ])
  })
}
