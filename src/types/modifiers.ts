import { SqlError } from '../base/sql-error.ts'
import { mapItems } from './array-value.ts'
import { applyPrecision } from './numeric-arith.ts'
import { formatType } from './pg-type.ts'
import type { SqlType } from './sql-type.ts'
import { cutBits, fitBits } from './text/bits.ts'
import { roundTime, roundTimestamp } from './text/datetime.ts'
import type { Numeric, Value } from './value.ts'

/** True when the type carries modifiers that values must be fitted to, or is a domain, whose values are checked. */
export function hasModifiers(type: SqlType): boolean {
  if (type.domain !== undefined) return true
  if (type.kind === 'array') return type.element !== undefined && hasModifiers(type.element)
  return type.length !== undefined || type.precision !== undefined
}

/** The type without precision, scale, length and domain. */
export function withoutModifiers(type: SqlType): SqlType {
  if (!hasModifiers(type)) return type
  const { precision: _, scale: __, length: ___, domain: ____, ...rest } = type
  return type.element === undefined ? rest : { ...rest, element: withoutModifiers(type.element) }
}

/**
 * Fits a value to its type's modifiers: numeric(p,s) rounds, timestamp(p) rounds, and varchar(n), char(n)
 * cut when the cast is explicit, else only blanks (22001); char(n) fills up with blanks.
 */
export function applyModifiers(value: Value, type: SqlType, explicit: boolean): Value {
  const fitted = toFit(value, type, explicit)
  type.domain?.check(fitted)
  return fitted
}

/** NULL as a value of the type: only domains may refuse it. */
export function checkNull(type: SqlType): null {
  type.domain?.check(null)
  return null
}

function toFit(value: Value, type: SqlType, explicit: boolean): Value {
  switch (type.kind) {
    case 'numeric':
      return type.precision === undefined ? value : applyPrecision(value as Numeric, type.precision, type.scale ?? 0)
    case 'varchar':
      return type.length === undefined ? value : fitLength(value as string, type, type.length, explicit)
    case 'bpchar':
      return type.length === undefined
        ? value
        : padBlanks(fitLength(value as string, type, type.length, explicit), type.length)
    case 'bit':
      return type.length === undefined ? value : fitBits(value as string, type.length, explicit)
    case 'varbit':
      return type.length === undefined ? value : cutBits(value as string, type.length, explicit)
    case 'timestamp':
    case 'timestamptz':
      return type.precision === undefined ? value : roundTimestamp(value as number | bigint, type.precision)
    case 'time':
      return type.precision === undefined ? value : roundTime(value as number, type.precision)
    case 'array': {
      const { element } = type
      if (element === undefined || !hasModifiers(element)) return value
      return mapItems(value, (item) => (item === null ? checkNull(element) : applyModifiers(item, element, explicit)))
    }
    default:
      return value
  }
}

function fitLength(text: string, type: SqlType, length: number, explicit: boolean): string {
  if (text.length <= length) return text
  const characters = [...text]
  if (characters.length <= length) return text
  const cut = characters.slice(0, length).join('')
  if (!explicit && characters.slice(length).some((character) => character !== ' ')) {
    throw new SqlError('22001', `value too long for type ${formatType(type)}`)
  }
  return cut
}

/**
 * Blanks at the end of a character value mean nothing when it is compared, but they are there: char(n) always has n
 * characters, so that equal values of one such type are equal bytes; those of bpchar without a length have forms (forms.ts).
 */
export function trimBlanks(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end--
  return end === text.length ? text : text.slice(0, end)
}

function padBlanks(text: string, length: number): string {
  // Of two code units at most each: enough of them need not be counted.
  if (text.length >= length * 2) return text
  const missing = length - [...text].length
  return missing > 0 ? text + ' '.repeat(missing) : text
}
