// Dotted names and options: the small parts every statement uses.
import type { Ident, Name, OptionValue, WithOption } from './ast-base.ts'
import type { ColumnRef } from './ast-leaf.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { ColId, ColLabel, T } from './tokens.ts'

export function optionRules(g: SqlParser, r: Rules) {
  r.name = g.rule('name', (): Name => {
    const start = g.mark()
    const parts = [g.ident(g.eat(1, ColId))]
    g.loop(2, () => {
      g.eat(3, T.Dot)
      parts.push(g.ident(g.eat(4, ColLabel)))
    })
    return { kind: 'name', parts, span: g.span(start) }
  })

  r.columnRef = g.rule('columnRef', (): ColumnRef => {
    const name = g.sub(1, r.name)
    return { kind: 'column', parts: name.parts, span: name.span }
  })

  r.columnList = g.rule('columnList', (): Ident[] => {
    g.eat(1, T.LParen)
    const columns = g.list(0, () => g.ident(g.eat(2, ColId)))
    g.eat(3, T.RParen)
    return columns
  })

  /** `(a = 1, 'b' = 'c', d, ...)`; the sign between name and value may be missing. */
  r.options = g.rule('options', (): WithOption[] => {
    g.eat(1, T.LParen)
    const options = g.opt(2, () => g.list(0, () => g.sub(3, r.option))) ?? []
    g.eat(4, T.RParen)
    return options
  })

  r.withOptions = g.rule('withOptions', (): WithOption[] => {
    let options: WithOption[] = []
    g.optIf(
      1,
      () => g.peek(2) === T.LParen,
      () => {
        g.eat(2, T.WITH)
        options = g.sub(3, r.options)
      },
    )
    return options
  })

  r.option = g.rule('option', (): WithOption => {
    const start = g.mark()
    return g.alt<WithOption>(1, [
      { ALT: () => g.eat(2, T.Ellipsis) && { kind: 'rest', span: g.span(start) } },
      {
        ALT: () => {
          const name = g.eat(3, T.String).value
          const value = g.opt(4, () => g.eat(5, T.Eq) && g.sub(6, r.optionValue))
          return { kind: 'option', name, quoted: true, ...(value && { value }), span: g.span(start) }
        },
      },
      {
        ALT: () => {
          // `START OFFSET (1, 2)`, `connector.name = …`: words and dots up to the value.
          const first = g.eat(7, ColLabel)
          let name = first.quoted ? first.value : first.value?.toLowerCase()
          g.loopIf(
            8,
            () => wordContinues(name),
            () => {
              const dot = g.flag(9, T.Dot)
              name += (dot ? '.' : ' ') + g.eat(10, ColLabel).value
            },
          )
          let value = g.opt(11, () => {
            g.alt(12, [{ ALT: () => g.eat(13, T.Eq) }, { ALT: () => g.eat(14, T.Arrow) }])
            return g.sub(15, r.optionValue)
          })
          g.optIf(
            16,
            () => value === undefined,
            () => (value = g.sub(17, r.optionValue)),
          )
          return { kind: 'option', name, quoted: first.quoted, ...(value && { value }), span: g.span(start) }
        },
      },
    ])
  })

  /** Another word belongs to the option's name unless it is the value, i.e. the last before a comma or parenthesis. */
  function wordContinues(name: string) {
    if (g.peek(1) === T.Dot) return true
    if (g.peek(1) === T.SECRET && g.peek(2) !== T.Eq) return false
    const next = g.peek(2)
    if (next !== T.Comma && next !== T.RParen) return true
    return multiWord.has(`${name} ${g.token(1).value}`)
  }

  const multiWord = new Set(['encode options', 'aws privatelink', 'all columns'])

  /** `IDLE TIMEOUT '30 s'`, `MAX FUTURE '1 hour'`: what WITH says by these names. */
  r.timeClause = g.rule('timeClause', (): WithOption => {
    const start = g.mark()
    const words = [g.eat(1, ColId), g.eat(2, ColId)]
    const value = g.sub(3, r.optionValue)
    const name = words.map((w) => w.value?.toLowerCase()).join(' ')
    return { kind: 'option', name, quoted: false, value, span: g.span(start) }
  })

  r.optionValue = g.rule('optionValue', (): OptionValue => {
    const start = g.mark()
    return g.alt<OptionValue>(1, [
      { ALT: () => ({ kind: 'optionString', value: g.eat(2, T.String).value, span: g.span(start) }) },
      // All columns: `FORCE_QUOTE *`.
      { ALT: () => ({ kind: 'optionWord', word: g.eat(42, T.Star).value, quoted: false, span: g.span(start) }) },
      { ALT: () => ({ kind: 'optionNumber', text: g.eat(3, T.Number).value, span: g.span(start) }) },
      {
        ALT: () => {
          g.eat(4, T.Minus)
          return { kind: 'optionNumber', text: `-${g.eat(5, T.Number).value}`, span: g.span(start) }
        },
      },
      { ALT: () => g.eat(6, T.Plus) && { kind: 'optionNumber', text: g.eat(7, T.Number).value, span: g.span(start) } },
      {
        ALT: () => {
          const close = g.alt(8, [{ ALT: () => g.eat(9, T.LParen) }, { ALT: () => g.eat(10, T.LBracket) }])
          void close
          g.deeper()
          const items = g.opt(11, () => g.list(0, () => g.sub(12, r.optionValue))) ?? []
          g.shallower()
          g.alt(13, [{ ALT: () => g.eat(14, T.RParen) }, { ALT: () => g.eat(15, T.RBracket) }])
          return { kind: 'optionList', items, span: g.span(start) }
        },
      },
      {
        GATE: () => g.peek(2) === T.String,
        ALT: () => {
          g.eat(16, T.INTERVAL)
          const value = g.eat(17, T.String).value
          const fields = g.optIf(
            18,
            () => r.isUnit(g.token(1)),
            () => g.eat(19, ColId).value?.toUpperCase(),
          )
          return { kind: 'optionInterval', value, ...(fields && { fields }), span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) !== T.Comma && g.peek(2) !== T.RParen,
        ALT: () => g.eat(20, T.SECRET) && { kind: 'optionSecret', secret: g.sub(21, r.name), span: g.span(start) },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => g.peek(2) === T.LBracket || g.peek(2) === T.LBrace,
        ALT: () => {
          g.eat(22, T.MAP)
          g.alt(23, [{ ALT: () => g.eat(24, T.LBracket) }, { ALT: () => g.eat(25, T.LBrace) }])
          const entries: { key: string; value: OptionValue }[] = []
          g.opt(26, () =>
            g.list(1, () => {
              const key = g.eat(27, T.String).value
              g.alt(28, [
                { ALT: () => g.eat(29, T.Arrow) },
                { ALT: () => g.eat(30, T.Eq) },
                { ALT: () => g.eat(31, T.Colon) },
              ])
              entries.push({ key, value: g.sub(32, r.optionValue) })
            }),
          )
          g.alt(33, [{ ALT: () => g.eat(34, T.RBracket) }, { ALT: () => g.eat(35, T.RBrace) }])
          return { kind: 'optionMap', entries, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const first = g.eat(36, ColLabel)
          let word = first.value
          g.loopIf(
            37,
            () => g.peek(1) === T.Dot || !first.quoted,
            () => {
              const dot = g.flag(38, T.Dot)
              word += (dot ? '.' : ' ') + g.eat(39, ColLabel).value
            },
          )
          // Materialize's `RETAIN HISTORY = FOR '1h'`.
          const after = g.optIf(
            40,
            () => word === 'for',
            () => g.eat(41, T.String).value,
          )
          if (after !== undefined) return { kind: 'optionString', value: after, span: g.span(start) }
          return { kind: 'optionWord', word, quoted: first.quoted, span: g.span(start) }
        },
        IGNORE_AMBIGUITIES: true,
      },
    ])
  })
}

/** Gate of `timeClause`. */
export function timeClauseFollows(g: SqlParser): boolean {
  const words = `${g.token(1).value} ${g.token(2).value}`.toLowerCase()
  return words === 'idle timeout' || words === 'max future'
}
