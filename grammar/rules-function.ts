// CREATE FUNCTION, AGGREGATE and PROCEDURE; their parameters.

import type { CreateFunction, FunctionOption, FunctionParameter } from './ast-ddl.ts'
import { createFlags } from './create-flags.ts'
import type { SqlParser } from './parser.ts'
import { is } from './retag.ts'
import type { CreateHead } from './rule-types.ts'
import type { Rules } from './rules.ts'
import type { SqlToken } from './token.ts'
import { ColLabel, T, TypeFunc } from './tokens.ts'

export function functionRules(g: SqlParser, r: Rules) {
  r.createFunction = g.rule('createFunction', (head: CreateHead): CreateFunction => {
    const word = g.alt<CreateFunction['word']>(1, [
      { ALT: () => g.eat(2, T.FUNCTION) && 'FUNCTION' },
      { ALT: () => g.eat(3, T.PROCEDURE) && 'PROCEDURE' },
      { ALT: () => g.eat(4, T.AGGREGATE) && 'AGGREGATE' },
    ])
    const ifNotExists = g.sub(5, r.ifNotExists)
    const name = g.sub(6, r.name)
    const parameters = g.sub(7, r.functionParameters)
    const fn: CreateFunction = {
      kind: 'createFunction',
      ...createFlags(head, ifNotExists),
      word,
      name,
      parameters,
      options: [],
      with: [],
      span: g.span(head?.start),
    }
    g.opt(8, () => {
      g.eat(9, T.RETURNS)
      g.alt<unknown>(10, [
        { ALT: () => g.eat(11, T.TABLE) && (fn.returnsTable = g.sub(12, r.functionParameters)) },
        { ALT: () => (fn.returns = g.sub(13, r.typeName)) },
      ])
    })
    g.loop(14, () => void fn.options.push(g.sub(15, r.functionOption)))
    fn.with = g.sub(16, r.withOptions)
    fn.span = g.span(head?.start)
    return fn
  })

  r.functionParameters = g.rule('functionParameters', (): FunctionParameter[] => {
    g.eat(1, T.LParen)
    const parameters = g.opt(2, () => g.list(0, () => g.sub(3, r.functionParameter))) ?? []
    g.eat(4, T.RParen)
    return parameters
  })

  r.functionParameter = g.rule('functionParameter', (): FunctionParameter => {
    const start = g.mark()
    const mode = g.opt(1, () =>
      g.alt<FunctionParameter['mode']>(2, [
        { ALT: () => g.eat(3, T.IN) && 'IN' },
        { ALT: () => g.eat(4, T.OUT) && 'OUT' },
        { ALT: () => g.eat(5, T.INOUT) && 'INOUT' },
        { ALT: () => g.eat(6, T.VARIADIC) && 'VARIADIC' },
      ]),
    )
    // A name only where another word follows it: `f(int)` has a type alone.
    const name = g.optIf(
      7,
      () =>
        (is(g.peek(2), ColLabel) || g.peek(2) === T.SETOF) &&
        g.peek(2) !== T.DEFAULT &&
        !typePair(g.token(1), g.token(2)),
      () => g.ident(g.eat(8, TypeFunc)),
    )
    const type = g.sub(9, r.typeName)
    const value = g.opt(10, () => {
      g.alt(11, [{ ALT: () => g.eat(12, T.DEFAULT) }, { ALT: () => g.eat(13, T.Eq) }])
      return g.sub(14, r.expr, 0)
    })
    return {
      kind: 'parameter',
      ...(mode && { mode }),
      ...(name && { name }),
      type,
      ...(value && { default: value }),
      span: g.span(start),
    }
  })

  function typePair(a: SqlToken, b: SqlToken) {
    return (a.tokenType === T.DOUBLE && b.tokenType === T.PRECISION) || b.tokenType === T.VARYING
  }

  r.functionOption = g.rule('functionOption', (): FunctionOption => {
    const start = g.mark()
    const option = (name: string, more: object = {}): FunctionOption => ({
      kind: 'functionOption',
      option: name,
      ...more,
      span: g.span(start),
    })
    const text = (token: SqlToken) => token.value
    return g.alt<FunctionOption>(1, [
      {
        ALT: () => {
          g.eat(2, T.LANGUAGE)
          return option('LANGUAGE', {
            value: text(g.alt<SqlToken>(3, [{ ALT: () => g.eat(4, T.String) }, { ALT: () => g.eat(5, ColLabel) }])),
          })
        },
      },
      { ALT: () => g.eat(6, T.IMMUTABLE) && option('IMMUTABLE') },
      { ALT: () => g.eat(7, T.STABLE) && option('STABLE') },
      { ALT: () => g.eat(8, T.VOLATILE) && option('VOLATILE') },
      { ALT: () => g.eat(9, T.STRICT) && option('STRICT') },
      { ALT: () => g.eat(10, T.LEAKPROOF) && option('LEAKPROOF') },
      { ALT: () => g.words(11, T.CALLED, T.ON, T.NULL, T.INPUT) && option('CALLED ON NULL INPUT') },
      {
        GATE: () => g.peek(2) === T.NULL,
        ALT: () =>
          g.words(12, T.RETURNS, T.NULL, T.ON) && g.words(13, T.NULL, T.INPUT) && option('RETURNS NULL ON NULL INPUT'),
      },
      { ALT: () => g.eat(14, T.PARALLEL) && option('PARALLEL', { value: g.eat(15, ColLabel).value }) },
      { ALT: () => g.words(16, T.SECURITY, T.DEFINER) && option('SECURITY DEFINER') },
      { ALT: () => g.eat(17, T.COST) && option('COST', { value: g.sub(18, r.signedNumber) }) },
      { ALT: () => g.eat(19, T.ROWS) && option('ROWS', { value: g.sub(20, r.signedNumber) }) },
      { ALT: () => g.eat(21, T.AS) && option('AS', { values: g.list(0, () => g.eat(22, T.String).value) }) },
      { ALT: () => g.words(23, T.USING, T.LINK) && option('USING LINK', { value: g.eat(24, T.String).value }) },
      { ALT: () => g.eat(25, T.RETURN) && option('RETURN', { expr: g.sub(26, r.expr, 0) }) },
    ])
  })
}
