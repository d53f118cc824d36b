import { assert } from '../base/assert.ts'
import { arrayOfArrays } from '../types/array-value.ts'
import { applyModifiers } from '../types/modifiers.ts'
import { typeByName } from '../types/pg-type.ts'
import { arrayOf, BOOL, INT4, INT8, NUMERIC, type SqlType, UNKNOWN } from '../types/sql-type.ts'
import { formatText, parseText } from '../types/text.ts'
import type { Datum, Value } from '../types/value.ts'
import { findCast } from './cast.ts'
import type { EvalEnv, ScalarFunction } from './function.ts'
import { commonType, type Resolved, resolveFunction, resolveOperator } from './resolve.ts'

/** Evaluates the examples of the function table: calls, operators from left to right, literals, casts, ARRAY[…]. */
export interface Typed {
  readonly type: SqlType
  readonly value: Datum
}

/** 2024-03-10 14:15:16.123456 UTC. */
export const exampleEnv: EvalEnv = {
  nowMicros: 1_710_080_116_123_456,
  timeZone: 'UTC',
  user: 'millrace',
  database: 'millrace',
  searchPath: ['public'],
  setting: (name) => (name === 'server_version' ? '15.0' : undefined),
  random: () => 0.25,
}

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|("[a-z]+"|[a-z_][a-z_0-9]*)|(::|[()[\],])|([-+*/<>=~!@#%^&|?]+))/iy

export function evaluate(sql: string): Typed {
  const parser = new Evaluator(sql)
  const result = parser.expression()
  parser.end()
  return result
}

export function evaluateText(sql: string): string | null {
  const { type, value } = evaluate(sql)
  return value === null ? null : formatText(value, type, exampleEnv)
}

class Evaluator {
  private readonly tokens: RegExpExecArray[] = []
  private at = 0

  constructor(sql: string) {
    TOKEN.lastIndex = 0
    for (let end = 0; sql.slice(end).trim() !== ''; end = TOKEN.lastIndex) {
      TOKEN.lastIndex = end
      const token = TOKEN.exec(sql)
      assert(token !== null, `an example is made of known tokens: ${sql.slice(end)}`)
      this.tokens.push(token)
    }
  }
  end(): void {
    assert(this.at === this.tokens.length, 'an example is read to its end')
  }
  expression(): Typed {
    let left = this.operand()
    for (;;) {
      const op = this.tokens[this.at]?.[5]
      if (op === undefined) return left
      this.at++
      const right = this.operand()
      left = call(resolveOperator(op, [left.type, right.type]), [left, right])
    }
  }
  private operand(): Typed {
    const op = this.tokens[this.at]?.[5]
    if (op !== undefined) {
      this.at++
      const next = this.tokens[this.at]
      // A minus before a number belongs to the literal, so that -32768::int2 works as -(32768)… does not.
      if (op === '-' && next?.[2] !== undefined) return this.casts(this.negative())
      const operand = this.operand()
      return call(resolveOperator(op, [operand.type]), [operand])
    }
    return this.casts(this.primary())
  }
  private negative(): Typed {
    const { type, value } = this.primary()
    return call(resolveOperator('-', [type]), [{ type, value }])
  }
  private casts(operand: Typed): Typed {
    while (this.tokens[this.at]?.[4] === '::') {
      this.at++
      operand = convert(operand, this.typeName(), 'explicit')
    }
    return operand
  }
  private typeName(): SqlType {
    const name = this.tokens[this.at++][3]
    let type = typeByName(name.toLowerCase())
    assert(type !== undefined, `an example names a known type: ${name}`)
    if (this.take('(')) {
      const first = Number(this.tokens[this.at++][2])
      const second = this.take(',') ? Number(this.tokens[this.at++][2]) : 0
      this.take(')')
      if (type.kind === 'numeric') type = { ...type, precision: first, scale: second }
      else type = WITH_LENGTH.has(type.kind) ? { ...type, length: first } : { ...type, precision: first }
    }
    if (this.take('[')) {
      this.take(']')
      return arrayOf(type)
    }
    return type
  }
  private take(symbol: string): boolean {
    if (this.tokens[this.at]?.[4] !== symbol) return false
    this.at++
    return true
  }
  private primary(): Typed {
    const [text, string, number, word, symbol] = this.tokens[this.at++]
    if (string !== undefined) return { type: UNKNOWN, value: string.slice(1, -1).replaceAll("''", "'") }
    if (number !== undefined) return literalNumber(number)
    if (symbol === '(') {
      const inner = this.expression()
      assert(this.take(')'), `parentheses match near ${text}`)
      return inner
    }
    if (symbol === '[') return arrayOfItems(this.list(']'))
    const lower = word.toLowerCase()
    if (lower === 'null') return { type: UNKNOWN, value: null }
    if (lower === 'true' || lower === 'false') return { type: BOOL, value: lower === 'true' }
    if (lower === 'array' && this.take('[')) return arrayOfItems(this.list(']'))
    if (this.take('(')) {
      const args = this.list(')')
      return call(
        resolveFunction(
          lower.replaceAll('"', ''),
          args.map((arg) => arg.type),
        ),
        args,
      )
    }
    const type = typeByName(lower)
    assert(type !== undefined && this.tokens[this.at]?.[1] !== undefined, `an example makes sense near ${word}`)
    return convert(this.primary(), type, 'explicit')
  }
  private list(close: string): Typed[] {
    const items: Typed[] = []
    while (!this.take(close)) {
      items.push(this.expression())
      this.take(',')
    }
    return items
  }
}

function literalNumber(text: string): Typed {
  if (!/^\d+$/.test(text)) return { type: NUMERIC, value: parseText(text, NUMERIC) }
  const value = parseText(text, NUMERIC) as { mantissa: number | bigint }
  if (value.mantissa <= 2147483647) return { type: INT4, value: Number(text) }
  return value.mantissa <= 9223372036854775807n
    ? { type: INT8, value: value.mantissa }
    : { type: NUMERIC, value: value as Value }
}

const WITH_LENGTH: ReadonlySet<string> = new Set(['varchar', 'bpchar', 'bit', 'varbit'])

function arrayOfItems(items: readonly Typed[]): Typed {
  const element = commonType(
    items.map((item) => item.type),
    'ARRAY',
  )
  if (element.kind === 'array') return { type: element, value: arrayOfArrays(items.map((item) => item.value)) }
  return { type: arrayOf(element), value: items.map((item) => convert(item, element, 'implicit').value) }
}

function convert({ type, value }: Typed, to: SqlType, context: 'implicit' | 'explicit'): Typed {
  const cast = findCast(type, to, context)
  assert(cast !== undefined, `there is a cast from ${type.kind} to ${to.kind}`)
  if (value === null) return { type: to, value }
  const converted = cast.eval(value, to, exampleEnv)
  return { type: to, value: converted === null ? null : applyModifiers(converted, to, true) }
}

export function call(resolved: Resolved<ScalarFunction>, args: readonly Typed[]): Typed {
  const { fn, argTypes, casts, returns } = resolved
  const values = args.map(({ value }, i) => {
    const cast = casts[i]
    return value === null || cast === null ? value : cast.eval(value, argTypes[i], exampleEnv)
  })
  if (fn.strict && values.includes(null)) return { type: returns, value: null }
  return { type: returns, value: fn.eval(values, exampleEnv, argTypes) }
}
