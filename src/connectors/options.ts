import { unreachable } from '../base/assert.ts'
import { nearest } from '../base/nearest.ts'
import { SqlError } from '../base/sql-error.ts'
import { INTERVAL, TIMESTAMPTZ } from '../types/sql-type.ts'
import { parseText } from '../types/text.ts'
import type { Datum, ValueArray } from '../types/value.ts'
import type { OptionSpec } from './contract.ts'

export type Options = Readonly<Record<string, Datum>>

/** Checks given options against their table: known, complete, well typed; fills in defaults. `what` names the connector. */
export function checkOptions(what: string, specs: readonly OptionSpec[], given: Options): Options {
  const checked: Record<string, Datum> = {}
  for (const [name, value] of Object.entries(given)) {
    const spec = specs.find((each) => each.name === name)
    if (spec === undefined) throw unknownOption(what, specs, name)
    if (value !== null) checked[name] = optionValue(what, spec, value)
  }
  for (const spec of specs) {
    if (checked[spec.name] !== undefined) continue
    if (spec.required) {
      throw new SqlError('42601', `${what} needs the option ${spelt(spec.name)}`, {
        hint: `It gives ${spec.description}.`,
      })
    }
    checked[spec.name] = spec.default
  }
  return checked
}

/** As SQL spells it. */
function spelt(name: string): string {
  return name.toUpperCase()
}

export function unknownOption(what: string, specs: readonly { readonly name: string }[], name: string): SqlError {
  const near = nearest(
    name,
    specs.map((each) => each.name),
  )
  const hint =
    near === null ? `It has ${specs.map((each) => spelt(each.name)).join(', ')}.` : `Perhaps you meant ${spelt(near)}.`
  return new SqlError('42601', `${what} has no option ${spelt(name)}`, { hint })
}

function optionValue(what: string, spec: OptionSpec, value: Exclude<Datum, null>): Datum {
  switch (spec.type) {
    case 'text':
      if (typeof value === 'string') return value
      break
    case 'int': {
      const number = typeof value === 'string' && /^[+-]?\d+$/.test(value.trim()) ? Number(value) : value
      if (typeof number === 'number' && Number.isSafeInteger(number)) return number
      break
    }
    case 'bool':
      if (typeof value === 'boolean') return value
      if (value === 'true' || value === 'false') return value === 'true'
      break
    case 'interval':
      if (typeof value === 'object' && 'months' in value) return value
      if (typeof value === 'string') return parseSpan(value) ?? ill(what, spec, value)
      break
    case 'timestamp': {
      const ms = timestampMs(value)
      if (ms !== null) return ms
      break
    }
    case 'offsets': {
      const offsets = parseOffsets(value)
      if (offsets !== null) return offsets
      break
    }
    default:
      return unreachable(spec.type)
  }
  return ill(what, spec, value)
}

const EXPECTED = {
  text: 'a string',
  int: 'a whole number',
  bool: 'true or false',
  interval: "an interval such as '1 second'",
  timestamp: 'milliseconds since 1970, or a timestamp',
  offsets: 'a list of offsets, one per partition',
} as const satisfies Record<OptionSpec['type'], string>

function ill(what: string, spec: OptionSpec, value: Exclude<Datum, null>): never {
  const shown = typeof value === 'object' ? '' : `, not ${typeof value === 'string' ? `'${value}'` : String(value)}`
  throw new SqlError('22023', `option ${spelt(spec.name)} of ${what} takes ${EXPECTED[spec.type]}${shown}`)
}

function parseSpan(text: string): Datum {
  try {
    return parseText(text, INTERVAL)
  } catch (error) {
    if (error instanceof SqlError) return null
    throw error
  }
}

/** Milliseconds, or a timestamp as its text. */
function timestampMs(value: Exclude<Datum, null>): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null
  if (typeof value !== 'string') return null
  if (/^[+-]?\d+$/.test(value.trim())) return Number(value)
  try {
    const micros = Number(parseText(value, TIMESTAMPTZ))
    return Number.isFinite(micros) ? Math.floor(micros / 1000) : null
  } catch (error) {
    if (error instanceof SqlError) return null
    throw error
  }
}

/** One number, a list, '(0, 10)', or Flink's 'partition:0,offset:42;partition:1,offset:300'. NULLs: not given. */
function parseOffsets(value: Exclude<Datum, null>): ValueArray | null {
  if (typeof value === 'number') return isOffset(value) ? [value] : null
  if (Array.isArray(value)) return value.every((each) => each === null || isOffset(each)) ? value : null
  if (typeof value !== 'string') return null
  if (value.includes(':')) return parseFlinkOffsets(value)
  const parts = value.replace(/^\s*[([{]|[)\]}]\s*$/g, '').split(',')
  const offsets = parts.map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : -1))
  return offsets.every(isOffset) ? offsets : null
}

function parseFlinkOffsets(text: string): ValueArray | null {
  const offsets: (number | null)[] = []
  for (const part of text.split(';')) {
    const match = /^\s*partition:(\d{1,6}),offset:(\d+)\s*$/.exec(part)
    if (match === null) return null
    const partition = Number(match[1])
    while (offsets.length <= partition) offsets.push(null)
    offsets[partition] = Number(match[2])
  }
  return offsets
}

function isOffset(value: Datum): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
