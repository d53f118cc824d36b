import { describe, expect, test } from 'vitest'
import { evaluate, evaluateText } from './evaluate.testkit.ts'
import { H, INLINE_BAIL } from './inline-helpers.ts'
import { SCALARS } from './lookup.ts'

describe('the function table', () => {
  const examples = SCALARS.flatMap((fn) =>
    fn.example === undefined ? [] : [[fn.example.sql, fn.example.result] as const],
  )

  test.each([...new Map(examples)])('SELECT %s gives %s', (sql, result) => expect(evaluateText(sql)).toBe(result))

  test('names every row once and says nothing impossible', () => {
    for (const fn of SCALARS) {
      if (fn.variadic) expect(fn.args.length, fn.id).toBeGreaterThan(0)
      if (fn.operator !== undefined) expect([1, 2], fn.id).toContain(fn.args.length)
      expect(fn.id.startsWith(`${fn.name}(`), fn.id).toBe(true)
    }
  })

  test('inline forms answer as eval does', () => {
    const samples = [0, 1, -1, 2, 7, -7, 2147483647, -2147483648, 32767]
    for (const fn of SCALARS) {
      if (fn.inline === undefined) continue
      const names = fn.args.map((_, i) => `a${i}`)
      const run = new Function('H', ...names, `return ${fn.inline(names)}`)
      const isBool = (i: number) => 'kind' in fn.args[i] && fn.args[i].kind === 'bool'
      for (const a of samples) {
        for (const b of fn.args.length > 1 ? samples : [0]) {
          const row = [a, b].slice(0, fn.args.length)
          const outcome = (work: () => unknown) => {
            try {
              const value = work()
              return Number(value) + 0
            } catch (error) {
              return error === INLINE_BAIL ? 'bail' : (error as Error).message
            }
          }
          const inlined = outcome(() => run(H, ...row.map((v, i) => (isBool(i) ? v & 1 : v))))
          const evaluated = outcome(() =>
            fn.eval(
              row.map((v, i) => (isBool(i) ? (v & 1) === 1 : v)),
              undefined as never,
            ),
          )
          if (inlined !== 'bail') expect(inlined, `${fn.id} of ${row}`).toBe(evaluated)
        }
      }
    }
  })

  test.each([
    ["1 + 'x'", '22P02', 'invalid input syntax for type integer: "x"'],
    ['2147483647 + 1', '22003', 'integer out of range'],
    ['32767::int2 + 1::int2', '22003', 'smallint out of range'],
    ['9223372036854775807 + 1', '22003', 'bigint out of range'],
    ['1 / 0', '22012', 'division by zero'],
    ['1.0 / 0', '22012', 'division by zero'],
    ["'1e308'::float8 * 10::float8", '22003', 'value out of range: overflow'],
    ["'a'::text + 1", '42883', 'operator does not exist: text + integer'],
    ['true + 1', '42883', 'operator does not exist: boolean + integer'],
    ["nosuch(1, 'a'::text)", '42883', 'function nosuch(integer, text) does not exist'],
    ["abs('a'::text)", '42883', 'function abs(text) does not exist'],
    ["'1' + '2'", '42725', 'operator is not unique: unknown + unknown'],
  ])('%s fails with %s: %s', (sql, sqlstate, message) => {
    expect(() => evaluate(sql)).toThrow(expect.objectContaining({ sqlstate, message }))
  })
})
