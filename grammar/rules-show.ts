// SHOW and DESCRIBE.
import type { ShowObjects, ShowVariable } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function showRules(g: SqlParser, r: Rules) {
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
        ALT: () => {
          g.words(7, T.TRANSACTION, T.ISOLATION, T.LEVEL)
          return { kind: 'show', name: 'transaction_isolation', span: g.span(s) }
        },
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
        {
          ALT: () => {
            g.eat(10, T.IN)
            g.flag(11, T.CLUSTER)
            return (show.in = g.sub(12, r.name))
          },
        },
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
}
