import { formatType } from '../../../src/types/pg-type.ts'
import { subtypeOf } from '../../../src/types/range-type.ts'
import type { SqlType, TypeKind } from '../../../src/types/sql-type.ts'
import type { Choices } from '../choices.ts'
import { BOUNDARIES } from './boundaries.ts'

export type FuzzedKind = keyof typeof BOUNDARIES
export const FUZZED_KINDS = Object.keys(BOUNDARIES) as FuzzedKind[]
export const isFuzzed = (kind: TypeKind): kind is FuzzedKind => kind in BOUNDARIES

/** Types that polymorphic arguments are tried with. */
export const ANY_KINDS: readonly FuzzedKind[] = [
  'int4',
  'text',
  'numeric',
  'date',
  'float8',
  'bool',
  'timestamptz',
  'int8',
  'jsonb',
  'interval',
]

export function literalOf(text: string, type: SqlType): string {
  const name = formatType(type)
    .replace(/^character($|\[)/, 'bpchar$1')
    .replace(/^bit($|\[)/, '"bit"$1')
  return `${quoted(text)}::${name}`
}
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A value as its text; null now and then. */
export function textOf(type: SqlType, choices: Choices): string | null {
  if (choices.chance(7)) return null
  if (type.kind === 'array') return arrayText(type.element ?? { kind: 'text' }, choices)
  if (type.kind === 'range') return rangeText(subtypeOf(type), choices)
  if (type.kind === 'multirange')
    return `{${Array.from({ length: choices.below(4) }, () => rangeText(subtypeOf(type), choices)).join(',')}}`
  if (!isFuzzed(type.kind)) return null
  return choices.chance(45) ? random(type.kind, choices) : choices.one<string>(BOUNDARIES[type.kind])
}

/** Types that arguments of ranges are tried with. */
export const RANGE_KINDS: readonly FuzzedKind[] = ['int4', 'int8', 'numeric', 'date', 'timestamp', 'timestamptz']

/** Of few values, so that ranges meet; now and then of any. */
function rangeText(subtype: SqlType, choices: Choices): string {
  if (choices.chance(10)) return 'empty'
  const end = (): string => {
    if (choices.chance(12)) return ''
    const text = choices.chance(15) ? (textOf(subtype, choices) ?? '') : smallText(subtype, choices)
    return text === '' ? '' : `"${text}"`
  }
  return `${choices.one(['[', '('])}${end()},${end()}${choices.one([']', ')'])}`
}

function smallText({ kind }: SqlType, choices: Choices): string {
  const n = 1 + choices.below(9)
  if (kind === 'int4' || kind === 'int8') return String(n)
  return kind === 'numeric' ? choices.one([`${n}`, `${n}.5`, `${n}.00`]) : `2024-01-0${n}`
}

/** The same elements in rows of one length, or with other subscripts. */
function shapedText(element: SqlType, choices: Choices): string {
  const [rows, width] = [1 + choices.below(3), 1 + choices.below(3)]
  const row = () => {
    const items = Array.from({ length: width }, () => textOf(element, choices))
    return `{${items.map((item) => (item === null ? 'NULL' : `"${item.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
  }
  const first = choices.below(4) - 1
  if (choices.chance(40)) return `[${first}:${first + width - 1}]=${row()}`
  const text = `{${Array.from({ length: rows }, row).join(',')}}`
  return choices.chance(70) ? text : `[${first}:${first + rows - 1}][1:${width}]=${text}`
}

function arrayText(element: SqlType, choices: Choices): string {
  if (choices.chance(25)) return shapedText(element, choices)
  const items = Array.from({ length: choices.below(5) }, () => textOf(element, choices))
  const escaped = items.map((item) => (item === null ? 'NULL' : `"${item.replace(/["\\]/g, '\\$&')}"`))
  return `{${escaped.join(',')}}`
}

const digits = (n: number, choices: Choices): string =>
  Array.from({ length: n }, () => choices.below(10)).join('') || '0'
const sign = (choices: Choices): string => (choices.chance(40) ? '-' : '')
const within = (bits: number, choices: Choices): string => {
  const value = BigInt(choices.below(2 ** 31)) * 4294967296n + BigInt(choices.below(2 ** 31)) * 2n
  const cut = value & ((1n << BigInt(1 + choices.below(bits))) - 1n)
  return `${sign(choices)}${cut}`
}
const two = (below: number, choices: Choices, first = 0): string =>
  String(first + choices.below(below)).padStart(2, '0')

const ALPHABET = [...'abcABC xyz019_-.,%\\\'"äÖß日😀\t']
const letters = (choices: Choices): string =>
  Array.from({ length: choices.below(12) }, () => choices.one(ALPHABET)).join('')
const day = (choices: Choices): string => {
  const year = choices.one(['2024', '2023', '1999', '1970', '1969', '0099', '2100', '9999', '10000', '1582'])
  return `${year}-${two(12, choices, 1)}-${two(28, choices, 1)}${choices.chance(5) ? ' BC' : ''}`
}
const clock = (choices: Choices): string =>
  `${two(24, choices)}:${two(60, choices)}:${two(60, choices)}${choices.chance(50) ? `.${digits(1 + choices.below(6), choices)}` : ''}`
const moment = (choices: Choices): string => {
  const [date, era = ''] = day(choices).split(' ')
  return `${date} ${clock(choices)}${era && ' '}${era}`
}
const hex = (n: number, choices: Choices): string =>
  Array.from({ length: n }, () => choices.below(16).toString(16)).join('')
const number = (choices: Choices): string =>
  `${sign(choices)}${digits(1 + choices.below(12), choices)}.${digits(1 + choices.below(8), choices)}`
const float = (choices: Choices): string =>
  choices.chance(50)
    ? number(choices)
    : `${sign(choices)}${choices.below(10)}.${digits(16, choices)}e${choices.below(40) - 20}`

const json = (choices: Choices, depth = 0): string => {
  switch (choices.below(depth > 2 ? 5 : 7)) {
    case 0:
      return String(choices.below(100))
    case 1:
      return number(choices).replace(/^(-?)0+(?=\d)/, '$1')
    case 2:
      return JSON.stringify(letters(choices))
    case 3:
      return choices.one(['true', 'false'])
    case 4:
      return 'null'
    case 5:
      return `[${Array.from({ length: choices.below(4) }, () => json(choices, depth + 1)).join(', ')}]`
    default:
      return `{${Array.from({ length: choices.below(4) }, () => `"${choices.one(['a', 'b', 'ab', 'ä', ''])}": ${json(choices, depth + 1)}`).join(', ')}}`
  }
}

function random(kind: FuzzedKind, choices: Choices): string {
  switch (kind) {
    case 'bool':
      return choices.one(['t', 'f'])
    case 'int2':
      return within(15, choices)
    case 'int4':
    case 'oid':
      return kind === 'oid' ? within(31, choices).replace('-', '') : within(31, choices)
    case 'int8':
      return within(62, choices)
    case 'float4':
    case 'float8':
      return float(choices)
    case 'numeric':
      return choices.chance(20)
        ? `${sign(choices)}${digits(1 + choices.below(40), choices)}.${digits(1 + choices.below(30), choices)}`
        : number(choices)
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
      return letters(choices)
    case 'char':
      return choices.one([...'abcxyzABC019 _'])
    case 'bit':
    case 'varbit':
      return Array.from({ length: choices.below(12) }, () => choices.below(2)).join('')
    case 'bytea':
      return `\\x${hex(2 * choices.below(12), choices)}`
    case 'date':
      return day(choices)
    case 'time':
      return clock(choices)
    case 'timestamp':
      return moment(choices)
    case 'timestamptz': {
      const [date, time, era = ''] = moment(choices).split(' ')
      return `${date} ${time}${choices.one(['+00', '-05', '+05:30', '+14', '-12'])}${era && ' '}${era}`
    }
    case 'interval':
      return `${sign(choices)}${choices.below(30)} mons ${sign(choices)}${choices.below(90)} days ${sign(choices)}${clock(choices)}`
    case 'uuid':
      return [8, 4, 4, 4, 12].map((n) => hex(n, choices)).join('-')
    case 'json':
    case 'jsonb':
      return json(choices)
    default:
      return choices.one<string>(BOUNDARIES[kind])
  }
}
