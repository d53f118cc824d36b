/**
 * A statement as two parsers can both tell it: nested lists of words. Names and operators are in lower case, numbers in one
 * spelling, AND and OR flat. What one of the two trees does not say is not compared (`NotCompared`).
 */
export type Shape = string | readonly Shape[]

export class NotCompared extends Error {}

export const named = (name: string): string => name.toLowerCase()

/** 1, 1.0, 10e-1 → `num 1`, exactly. */
export function numberShape(text: string): Shape {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text)
  if (match === null) throw new NotCompared(`number ${text}`)
  const [, sign, whole, fraction, exponent] = match
  let scale = fraction!.length - Number(exponent ?? 0)
  let digits = `${whole}${fraction}`.replace(/^0+/, '')
  while (digits.endsWith('0')) {
    digits = digits.slice(0, -1)
    scale--
  }
  return ['num', digits === '' ? '0' : `${sign}${digits}e${-scale}`]
}

/** A sign before a number is part of it, whichever way it was read. */
export function unaryShape(op: string, operand: Shape): Shape {
  if (op === '+' && Array.isArray(operand) && operand[0] === 'num') return operand
  if (op === 'not exists') return ['not', ['exists', operand]]
  if (op === '-' && Array.isArray(operand) && operand[0] === 'num') {
    const text = operand[1] as string
    return ['num', text === '0' ? '0' : text.startsWith('-') ? text.slice(1) : `-${text}`]
  }
  return [op, operand]
}

/** `word`: and, or. */
export function flat(word: string, args: readonly Shape[]): Shape {
  return [word, ...args.flatMap((arg) => (Array.isArray(arg) && arg[0] === word ? arg.slice(1) : [arg]))]
}

export const operator = (op: string): string => (op === '!=' ? '<>' : op.toLowerCase())

/** Types by PostgreSQL's names. */
const TYPES: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  decimal: 'numeric',
  boolean: 'bool',
  real: 'float4',
  'double precision': 'float8',
  float: 'float8',
  'character varying': 'varchar',
  char: 'bpchar',
  character: 'bpchar',
}
export function typeShape(name: string, modifiers: readonly (string | number)[]): Shape {
  const lower = name.toLowerCase()
  return ['type', TYPES[lower] ?? lower, ...modifiers.map(String)]
}
