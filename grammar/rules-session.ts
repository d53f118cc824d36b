// Transactions, session variables, prepared statements, notifications, locks, maintenance.
import type { Expr } from './ast.ts'
import type { Ident, Name, OptionValue } from './ast-base.ts'
import type { Execute } from './ast-ddl.ts'
import type {
  Begin,
  Commit,
  Discard,
  LockTable,
  Maintenance,
  Prepare,
  Reset,
  Rollback,
  RollbackTo,
  SetConstraints,
  SetTransaction,
  SetVariable,
  ShowObjects,
  ShowVariable,
  Statement,
  TransactionMode,
  Truncate,
} from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function sessionRules(g: SqlParser, r: Rules) {
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

  r.set = g.rule('set', (): SetVariable | SetTransaction | SetConstraints => {
    const s = g.mark()
    g.eat(1, T.SET)
    let scope: SetVariable['scope']
    g.optIf(
      2,
      () => g.peek(2) !== T.Eq && g.peek(2) !== T.TO && g.peek(2) !== T.Dot,
      () => {
        scope = g.alt<SetVariable['scope']>(3, [
          { ALT: () => g.eat(4, T.LOCAL) && 'LOCAL' },
          { ALT: () => g.eat(5, T.SESSION) && 'SESSION' },
        ])
      },
    )
    const set = (name: string, value: SetVariable['value']): SetVariable => ({
      kind: 'set',
      ...(scope && { scope }),
      name,
      value,
      span: g.span(s),
    })
    const plain = () => g.peek(2) !== T.Eq && g.peek(2) !== T.TO && g.peek(2) !== T.Dot
    return g.alt<SetVariable | SetTransaction | SetConstraints>(6, [
      {
        GATE: plain,
        ALT: () => {
          g.eat(7, T.TRANSACTION)
          return { kind: 'setTransaction', session: false, modes: g.sub(8, r.transactionModes), span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => {
          g.words(9, T.CHARACTERISTICS, T.AS, T.TRANSACTION)
          return { kind: 'setTransaction', session: true, modes: g.sub(10, r.transactionModes), span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => {
          g.eat(11, T.CONSTRAINTS)
          const names = g.alt<Name[] | 'ALL'>(12, [
            { ALT: () => g.eat(13, T.ALL) && 'ALL' },
            { ALT: () => g.list(0, () => g.sub(14, r.name)) },
          ])
          const deferred = g.alt(15, [
            { ALT: () => g.eat(16, T.DEFERRED) && true },
            { ALT: () => g.eat(17, T.IMMEDIATE) && false },
          ])
          return { kind: 'setConstraints', names, deferred, span: g.span(s) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => g.words(18, T.TIME, T.ZONE) && set('timezone', g.sub(19, r.setValue)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => g.eat(20, T.NAMES) && set('client_encoding', g.sub(21, r.setValue)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: plain,
        ALT: () => g.eat(22, T.SCHEMA) && set('search_path', g.sub(23, r.setValue)),
        IGNORE_AMBIGUITIES: true,
      },
      { GATE: plain, ALT: () => g.eat(24, T.ROLE) && set('role', g.sub(25, r.setValue)), IGNORE_AMBIGUITIES: true },
      { ALT: () => g.eat(26, T.AUTHORIZATION) && set('session_authorization', g.sub(27, r.setValue)) },
      {
        ALT: () => {
          const name = g.sub(28, r.settingName)
          g.alt(29, [{ ALT: () => g.eat(30, T.Eq) }, { ALT: () => g.eat(31, T.TO) }])
          return set(name, g.sub(32, r.setValue))
        },
        IGNORE_AMBIGUITIES: true,
      },
    ])
  })

  r.settingName = g.rule('settingName', (): string => {
    // ksqlDB quotes its setting names.
    const first = g.alt<SqlToken>(1, [{ ALT: () => g.eat(2, ColId) }, { ALT: () => g.eat(3, T.String) }])
    let name = first.value
    g.loop(4, () => {
      g.eat(5, T.Dot)
      name += `.${g.eat(6, ColLabel).value}`
    })
    return name
  })

  r.setValue = g.rule('setValue', (): OptionValue[] | 'DEFAULT' =>
    g.alt<OptionValue[] | 'DEFAULT'>(1, [
      { ALT: () => g.eat(2, T.DEFAULT) && 'DEFAULT' },
      { ALT: () => g.list(0, () => g.sub(3, r.settingValue)), IGNORE_AMBIGUITIES: true },
    ]),
  )

  r.settingValue = g.rule('settingValue', (): OptionValue => {
    const start = g.mark()
    return g.alt<OptionValue>(1, [
      { ALT: () => ({ kind: 'optionString', value: g.eat(2, T.String).value, span: g.span(start) }) },
      { ALT: () => ({ kind: 'optionNumber', text: g.sub(3, r.signedNumber), span: g.span(start) }) },
      {
        GATE: () => g.peek(2) === T.String,
        ALT: () => {
          g.eat(4, T.INTERVAL)
          const value = g.eat(5, T.String).value
          const fields = g.optIf(
            6,
            () => r.isUnit(g.token(1)),
            () => {
              let unit = g.eat(7, ColId).value?.toUpperCase()
              g.opt(8, () => g.eat(9, T.TO) && (unit += ` TO ${g.eat(10, ColId).value?.toUpperCase()}`))
              return unit
            },
          )
          return { kind: 'optionInterval', value, ...(fields && { fields }), span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const token = g.eat(11, ColLabel)
          let word = token.value
          g.loop(12, () => (word += ` ${g.eat(13, ColLabel).value}`))
          return { kind: 'optionWord', word, quoted: token.quoted, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
    ])
  })

  r.reset = g.rule('reset', (): Reset => {
    const s = g.mark()
    g.eat(1, T.RESET)
    const name = g.alt<string>(2, [
      { ALT: () => g.eat(3, T.ALL) && 'ALL' },
      {
        GATE: () => g.peek(2) === T.ZONE,
        ALT: () => g.words(4, T.TIME, T.ZONE) && 'timezone',
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.AUTHORIZATION,
        ALT: () => g.words(5, T.SESSION, T.AUTHORIZATION) && 'session_authorization',
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => g.sub(6, r.settingName) },
    ])
    return { kind: 'reset', name, span: g.span(s) }
  })

  /** Plurals are lists of objects, anything else is a variable. */
  const lists = new Set(
    'tables sources views indexes sinks subscriptions connections secrets schemas databases columns functions jobs clusters cursors streams topics queries properties types roles users objects internal processlist'.split(
      ' ',
    ),
  )
  const singles = new Set(['materialized', 'create', 'full', 'subscription', 'parameters'])
  r.show = g.rule('show', (): ShowVariable | ShowObjects => {
    const s = g.mark()
    g.alt(1, [{ ALT: () => g.eat(2, T.SHOW) }, { ALT: () => g.eat(3, T.LIST) }])
    return g.alt<ShowVariable | ShowObjects>(4, [
      { GATE: () => objectsFollow(), ALT: () => g.sub(5, r.showObjects, s), IGNORE_AMBIGUITIES: true },
      {
        GATE: () => g.peek(2) === T.ZONE,
        ALT: () => g.words(6, T.TIME, T.ZONE) && { kind: 'show', name: 'timezone', span: g.span(s) },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.ISOLATION,
        ALT: () => (
          g.words(7, T.TRANSACTION, T.ISOLATION, T.LEVEL),
          { kind: 'show', name: 'transaction_isolation', span: g.span(s) }
        ),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => g.eat(8, T.ALL) && { kind: 'show', name: 'all', span: g.span(s) }, IGNORE_AMBIGUITIES: true },
      { ALT: () => ({ kind: 'show', name: g.sub(9, r.settingName), span: g.span(s) }) },
    ])
  })
  function objectsFollow() {
    const token = g.token(1)
    if (token.quoted || g.recording || g.peek(2) === T.Dot) return false
    return (
      lists.has(token.value) || (singles.has(token.value) && g.token(2).value !== undefined && g.token(2).value !== '')
    )
  }

  r.showObjects = g.rule('showObjects', (s: number): ShowObjects => {
    const words: string[] = []
    const show: ShowObjects = { kind: 'showObjects', what: '', span: g.span(s) }
    if (g.flag(1, T.FULL)) show.full = true
    const create = g.peek(1) === T.CREATE
    g.someIf(
      2,
      () => !stops() && !(create && words.length > (words[1] === 'MATERIALIZED' ? 2 : 1)),
      () => void words.push(g.eat(3, ColLabel).value?.toUpperCase()),
    )
    show.what = words.join(' ')
    g.optIf(
      4,
      () => create,
      () => (show.on = g.sub(5, r.name)),
    )
    g.loop(6, () =>
      g.alt<unknown>(7, [
        { ALT: () => g.eat(8, T.FROM) && (show.from = g.sub(9, r.name)) },
        { ALT: () => (g.eat(10, T.IN), g.flag(11, T.CLUSTER), (show.in = g.sub(12, r.name))) },
        { ALT: () => g.eat(13, T.ON) && (show.on = g.sub(14, r.name)) },
        { ALT: () => g.eat(15, T.LIKE) && (show.like = g.eat(16, T.String).value) },
        { ALT: () => g.eat(17, T.WHERE) && (show.where = g.sub(18, r.expr, 0)) },
      ]),
    )
    show.span = g.span(s)
    return show
  })
  function stops() {
    const type = g.peek(1)
    return type === T.FROM || type === T.IN || type === T.ON || type === T.LIKE || type === T.WHERE
  }

  r.describe = g.rule('describe', (): ShowObjects => {
    const s = g.mark()
    g.eat(1, T.DESCRIBE)
    g.optIf(
      2,
      () => is(g.peek(2), ColId),
      () => g.sub(3, r.objectType),
    )
    return { kind: 'showObjects', what: 'COLUMNS', from: g.sub(4, r.name), span: g.span(s) }
  })

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
        ALT: () => (
          g.eat(4, T.KILL),
          {
            kind: 'kill',
            id: g.alt<SqlToken>(5, [{ ALT: () => g.eat(6, T.Number) }, { ALT: () => g.eat(7, T.String) }]).value,
            span: g.span(s),
          }
        ),
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
