import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import type { ArithOp, CompareOp } from '../../types/jsonpath/tree.ts'
import { compareNumeric, formatNumeric, parseNumericText } from '../../types/numeric.ts'
import { numericAdd, numericDiv, numericMod, numericMul, numericSub } from '../../types/numeric-arith.ts'
import { compareUtf8 } from '../../types/utf8.ts'
import type { Numeric } from '../../types/value.ts'
import type { EvalEnv } from '../function.ts'
import { isArray } from '../json/steps.ts'
import { compareMoments, MOMENT_NAMES, Moment, momentText } from './moment.ts'

/** What a jsonpath works on: a value of JSON, or a date or time that it made of a string. */
export type Item = JsonNode | Moment

export const isContainer = (item: Item): item is JsonObject | readonly JsonNode[] =>
  item instanceof JsonObject || isArray(item as JsonNode)

export const asNode = (item: Item): JsonNode => (item instanceof Moment ? momentText(item) : item)

export const nodesOf = (items: readonly Item[]): JsonNode[] => items.map(asNode)

export function itemType(item: Item): string {
  if (item === null) return 'null'
  if (item instanceof Moment) return MOMENT_NAMES[item.kind]
  if (item instanceof JsonNumber) return 'number'
  if (item instanceof JsonObject) return 'object'
  return typeof item === 'object' ? 'array' : typeof item
}

export const numberOf = (item: JsonNumber): Numeric => parseNumericText(item.text)!
export const numberItem = (value: Numeric): JsonNumber => new JsonNumber(formatNumeric(value))

const ARITHMETIC = {
  '+': numericAdd,
  '-': numericSub,
  '*': numericMul,
  '/': numericDiv,
  '%': numericMod,
} satisfies Record<ArithOp, (a: Numeric, b: Numeric) => Numeric>

export const arithmetic = (op: ArithOp, a: Numeric, b: Numeric): Numeric => ARITHMETIC[op](a, b)

export type Truth = 'true' | 'false' | 'unknown'
export const truth = (value: boolean): Truth => (value ? 'true' : 'false')

/** Null equals null alone; values of other types do not compare, nor do objects and arrays. */
export function compareItems(op: CompareOp, a: Item, b: Item, zoned: boolean, env: EvalEnv): Truth {
  if (a === null || b === null) {
    if (a === b) return ofOrder(op, 0)
    return truth(op === '<>')
  }
  if (a instanceof Moment && b instanceof Moment) {
    const order = compareMoments(a, b, zoned, env)
    return order === null ? 'unknown' : ofOrder(op, order)
  }
  if (a instanceof JsonNumber && b instanceof JsonNumber) return ofOrder(op, compareNumeric(numberOf(a), numberOf(b)))
  if (typeof a === 'string' && typeof b === 'string') return ofOrder(op, compareUtf8(a, b))
  if (typeof a === 'boolean' && typeof b === 'boolean') return ofOrder(op, Number(a) - Number(b))
  return 'unknown'
}

function ofOrder(op: CompareOp, order: number): Truth {
  switch (op) {
    case '==':
      return truth(order === 0)
    case '<>':
      return truth(order !== 0)
    case '<':
      return truth(order < 0)
    case '>':
      return truth(order > 0)
    case '<=':
      return truth(order <= 0)
    default:
      return truth(order >= 0)
  }
}

/** Its error ends the path, or the part of it that swallows errors. */
export const pathError = (sqlstate: string, message: string, hint?: string): SqlError =>
  new SqlError(sqlstate, message, { hint })
