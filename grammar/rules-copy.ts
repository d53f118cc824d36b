// COPY and EXPLAIN.
import type { WithOption } from './ast-base.ts'
import type { Copy, Explain } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColLabel, T } from './tokens.ts'

export function copyRules(g: SqlParser, r: Rules) {
  r.copy = g.rule('copy', (): Copy => {
    const s = g.mark()
    g.eat(1, T.COPY)
    const copy: Copy = {
      kind: 'copy',
      columns: [],
      direction: 'TO',
      target: { to: 'STDOUT' },
      options: [],
      span: g.span(s),
    }
    g.alt<unknown>(2, [
      {
        ALT: () => {
          g.eat(3, T.LParen)
          copy.query = g.alt<NonNullable<Copy['query']>>(4, [
            { ALT: () => g.sub(5, r.subscribe) },
            { ALT: () => g.sub(6, r.dmlOrQuery) },
          ])
          g.eat(7, T.RParen)
        },
      },
      {
        ALT: () => {
          copy.table = g.sub(8, r.name)
          copy.columns = g.opt(9, () => g.sub(10, r.columnList)) ?? []
        },
      },
    ])
    // A query is read, never written.
    if (copy.query && g.peek(1) === T.FROM) g.fail()
    copy.direction = g.alt<Copy['direction']>(11, [
      { ALT: () => g.eat(12, T.FROM) && 'FROM' },
      { ALT: () => g.eat(13, T.TO) && 'TO' },
    ])
    copy.target = g.alt<Copy['target']>(14, [
      { ALT: () => g.eat(15, T.STDIN) && { to: 'STDIN' } },
      { ALT: () => g.eat(16, T.STDOUT) && { to: 'STDOUT' } },
      { ALT: () => ({ to: 'file', path: g.eat(17, T.String).value }) },
      { ALT: () => g.eat(18, T.PROGRAM) && { to: 'program', command: g.eat(19, T.String).value } },
    ])
    g.opt(20, () =>
      g.alt<unknown>(21, [
        {
          ALT: () => {
            g.eat(22, T.WITH)
            g.alt<unknown>(23, [
              { ALT: () => (copy.options = g.sub(24, r.options)) },
              { ALT: () => (copy.options = g.sub(25, r.oldCopyOptions)) },
            ])
          },
        },
        { ALT: () => (copy.options = g.sub(26, r.options)) },
        { ALT: () => (copy.options = g.sub(27, r.oldCopyOptions)) },
      ]),
    )
    g.opt(28, () => g.eat(29, T.WHERE) && (copy.where = g.sub(30, r.expr, 0)))
    copy.span = g.span(s)
    return copy
  })

  /** `CSV HEADER DELIMITER ','`, from before the parentheses. */
  r.oldCopyOptions = g.rule('oldCopyOptions', (): WithOption[] => {
    const options: WithOption[] = []
    g.some(1, () => {
      const s = g.mark()
      const text = (name: string, token: SqlToken): WithOption => ({
        kind: 'option',
        name,
        quoted: false,
        value: { kind: 'optionString', value: token.value, span: g.tokenSpan(token) },
        span: g.span(s),
      })
      const format = (word: string): WithOption => ({
        kind: 'option',
        name: 'format',
        quoted: false,
        value: { kind: 'optionWord', word, quoted: false, span: g.span(s) },
        span: g.span(s),
      })
      options.push(
        g.alt<WithOption>(2, [
          { ALT: () => g.eat(3, T.BINARY) && format('binary') },
          { ALT: () => g.eat(4, T.CSV) && format('csv') },
          { ALT: () => g.eat(5, T.HEADER) && { kind: 'option', name: 'header', quoted: false, span: g.span(s) } },
          { ALT: () => g.eat(6, T.FREEZE) && { kind: 'option', name: 'freeze', quoted: false, span: g.span(s) } },
          {
            ALT: () => {
              g.eat(7, T.DELIMITER)
              g.flag(8, T.AS)
              return text('delimiter', g.eat(9, T.String))
            },
          },
          {
            ALT: () => {
              g.eat(10, T.NULL)
              g.flag(11, T.AS)
              return text('null', g.eat(12, T.String))
            },
          },
          {
            ALT: () => {
              g.eat(13, T.QUOTE)
              g.flag(14, T.AS)
              return text('quote', g.eat(15, T.String))
            },
          },
          {
            ALT: () => {
              g.eat(16, T.ESCAPE)
              g.flag(17, T.AS)
              return text('escape', g.eat(18, T.String))
            },
          },
          { ALT: () => g.eat(19, T.ENCODING) && text('encoding', g.eat(20, T.String)) },
        ]),
      )
    })
    return options
  })

  r.explain = g.rule('explain', (): Explain => {
    const s = g.mark()
    g.eat(1, T.EXPLAIN)
    const explain: Explain = { kind: 'explain', options: [], with: [], span: g.span(s) }
    g.loop(2, () =>
      g.alt<unknown>(3, [
        { ALT: () => g.eat(4, T.ANALYZE) && (explain.analyze = true) },
        { ALT: () => g.eat(5, T.ANALYSE) && (explain.analyze = true) },
        { ALT: () => g.eat(6, T.VERBOSE) && (explain.verbose = true) },
      ]),
    )
    g.optIf(
      7,
      () => !g.queryAt(1),
      () => (explain.options = g.sub(8, r.options)),
    )
    g.alt<unknown>(9, [
      {
        ALT: () => {
          g.words(10, T.TIMESTAMP, T.FOR)
          explain.timestamp = true
          explain.statement = g.sub(11, r.statement)
        },
      },
      { ALT: () => g.sub(12, r.explainPlan, explain) },
      { ALT: () => g.sub(13, r.explainObject, explain) },
      { ALT: () => (explain.statement = g.sub(14, r.statement)) },
    ])
    explain.span = g.span(s)
    return explain
  })

  r.explainObject = g.rule('explainObject', (explain: Explain): void => {
    const type = g.alt<NonNullable<Explain['object']>['type']>(1, [
      { ALT: () => g.eat(2, T.VIEW) && 'VIEW' },
      { ALT: () => g.words(3, T.MATERIALIZED, T.VIEW) && 'MATERIALIZED VIEW' },
      { ALT: () => g.eat(4, T.INDEX) && 'INDEX' },
      { ALT: () => g.eat(5, T.SINK) && 'SINK' },
    ])
    explain.object = { type, name: g.sub(6, r.name) }
  })

  r.explainPlan = g.rule('explainPlan', (explain: Explain): void => {
    explain.stage = g.alt<Explain['stage']>(1, [
      { ALT: () => g.words(2, T.RAW, T.PLAN) && 'RAW' },
      { ALT: () => g.words(3, T.DECORRELATED, T.PLAN) && 'DECORRELATED' },
      { ALT: () => g.words(4, T.LOCALLY, T.OPTIMIZED, T.PLAN) && 'LOCALLY OPTIMIZED' },
      { ALT: () => g.words(5, T.OPTIMIZED, T.PLAN) && 'OPTIMIZED' },
      { ALT: () => g.words(6, T.PHYSICAL, T.PLAN) && 'PHYSICAL' },
      { ALT: () => g.eat(7, T.PLAN) && 'PLAN' },
    ])
    explain.with = g.sub(8, r.withOptions)
    g.opt(9, () => {
      g.eat(10, T.AS)
      g.flag(11, T.VERBOSE)
      explain.format = g.eat(12, ColLabel).value?.toUpperCase()
    })
    g.eat(13, T.FOR)
    g.alt<unknown>(14, [
      { ALT: () => g.sub(15, r.explainObject, explain) },
      { ALT: () => (explain.statement = g.sub(16, r.statement)) },
    ])
  })
}
