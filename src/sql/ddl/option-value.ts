import type { OptionValue, WithOption } from '../../../grammar/ast-base.ts'
import { unreachable } from '../../base/assert.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Datum } from '../../types/value.ts'
import { bindError } from '../bind/bind-error.ts'

export type NamedOption = Extract<WithOption, { kind: 'option' }>

/** An option's value as plain data; connectors check and convert it. A bare name is true. */
export function optionDatum(option: NamedOption): Datum {
  return option.value ? datum(option.value) : true
}

function datum(value: OptionValue): Datum {
  switch (value.kind) {
    case 'optionString':
      return value.value
    case 'optionNumber': {
      const number = Number(value.text)
      return Number.isSafeInteger(number) || /[.e]/i.test(value.text) ? number : value.text
    }
    case 'optionWord': {
      const word = value.word.toLowerCase()
      if (!value.quoted && (word === 'true' || word === 'on')) return true
      if (!value.quoted && (word === 'false' || word === 'off')) return false
      return value.word
    }
    case 'optionInterval':
      return value.fields ? `${value.value} ${value.fields.toLowerCase()}` : value.value
    case 'optionList':
      return value.items.map(datum)
    case 'optionSecret':
      throw notSupported('SECRET', value.span)
    case 'optionMap':
      throw notSupported('a map as an option', value.span)
    default:
      return unreachable(value)
  }
}

export function optionText(option: NamedOption): string {
  const value = optionDatum(option)
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw bindError('22023', `option ${option.name.toUpperCase()} takes a string`, option)
}

/** The literal `...`: what is left out has the connector's defaults. */
export const namedOptions = (options: readonly WithOption[]): NamedOption[] =>
  options.flatMap((o) => (o.kind === 'option' ? [o] : []))

export const hasRest = (options: readonly WithOption[]): boolean => options.some((o) => o.kind === 'rest')
