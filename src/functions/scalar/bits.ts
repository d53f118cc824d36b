import { SqlError } from '../../base/sql-error.ts'
import type { Datum, ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { outOfRange } from '../inline-helpers.ts'

/** Bit strings (bit, bit varying): texts of 0 and 1, counted from the left; positions of substrings from 1, of bits from 0. */
type Combine = (a: string, b: string) => boolean

const COMBINE = {
  AND: (a, b) => a === '1' && b === '1',
  OR: (a, b) => a === '1' || b === '1',
  XOR: (a, b) => a !== b,
} as const satisfies Record<string, Combine>

function combine(what: keyof typeof COMBINE): (a: string, b: string) => string {
  const holds: Combine = COMBINE[what]
  return (a, b) => {
    if (a.length !== b.length) throw new SqlError('22026', `cannot ${what} bit strings of different sizes`)
    let out = ''
    for (let i = 0; i < a.length; i++) out += holds(a[i], b[i]) ? '1' : '0'
    return out
  }
}

/** To the left by n; to the right where n is negative. The length stays. */
function shift(bits: string, n: number): string {
  const { length } = bits
  if (n >= 0) return bits.slice(n).padEnd(length, '0')
  return bits.slice(0, Math.max(0, length + n)).padStart(length, '0')
}

/** `count` left out: up to the end. */
function part(bits: string, from: number, count?: number): string {
  if (count !== undefined && count < 0) throw new SqlError('22011', 'negative substring length not allowed')
  const start = Math.max(1, from)
  const end = count === undefined ? bits.length + 1 : Math.min(from + count, bits.length + 1)
  return bits.slice(start - 1, Math.max(start, end) - 1)
}

function overlay(bits: string, by: string, from: number, count = by.length): string {
  if (from <= 0) throw new SqlError('22011', 'negative substring length not allowed')
  const rest = from + count
  if (rest > 2147483647) throw outOfRange('integer')
  return part(bits, 1, from - 1) + by + part(bits, rest)
}

function position(bits: string, wanted: string): number {
  return bits.length === 0 ? 0 : bits.indexOf(wanted) + 1
}

function checkIndex(bits: string, n: number): void {
  if (n < 0 || n >= bits.length)
    throw new SqlError('2202E', `bit index ${n} out of valid range (0..${bits.length - 1})`)
}

function getBit(bits: string, n: number): number {
  checkIndex(bits, n)
  return bits[n] === '1' ? 1 : 0
}

function setBit(bits: string, n: number, value: number): string {
  checkIndex(bits, n)
  if (value !== 0 && value !== 1) throw new SqlError('22023', 'new bit must be 0 or 1')
  return bits.slice(0, n) + value + bits.slice(n + 1)
}

const ones = (bits: string): number => bits.length - bits.replaceAll('1', '').length

/** What the aggregates make of all values of a group; NULLs count for nothing. */
function folded(what: keyof typeof COMBINE): (items: ValueArray) => Datum {
  const run = combine(what)
  return (items) => {
    const known = items.filter((item) => item !== null) as string[]
    return known.length === 0 ? null : known.reduce(run)
  }
}

const fallible = { fallible: true } as const
const bits = (text: string): string => `'${text}'::bit(${text.length})`

export const bitFunctions: readonly ScalarFunction[] = [
  def('bitand(bit,bit) bit', combine('AND'), {
    ...fallible,
    op: '&',
    example: [`${bits('1100')} & ${bits('1010')}`, '1000'],
  }),
  def('bitor(bit,bit) bit', combine('OR'), {
    ...fallible,
    op: '|',
    example: [`${bits('1100')} | ${bits('1010')}`, '1110'],
  }),
  def('bitxor(bit,bit) bit', combine('XOR'), {
    ...fallible,
    op: '#',
    example: [`${bits('1100')} # ${bits('1010')}`, '0110'],
  }),
  def('bitnot(bit) bit', (a: string) => a.replace(/./g, (bit) => (bit === '1' ? '0' : '1')), {
    op: '~',
    example: [`~ ${bits('1100')}`, '0011'],
  }),
  def('bitshiftleft(bit,int4) bit', shift, { op: '<<', example: [`${bits('1101')} << 1`, '1010'] }),
  def('bitshiftright(bit,int4) bit', (a: string, n: number) => shift(a, -n), {
    op: '>>',
    example: [`${bits('1101')} >> 1`, '0110'],
  }),
  def('bitcat(varbit,varbit) varbit', (a: string, b: string) => a + b, {
    op: '||',
    example: [`${bits('11')} || ${bits('01')}`, '1101'],
  }),
  def('length(bit) int4', (a: string) => a.length, { example: [`length(${bits('110')})`, '3'] }),
  def('bit_length(bit) int4', (a: string) => a.length, { example: [`bit_length(${bits('110')})`, '3'] }),
  def('octet_length(bit) int4', (a: string) => Math.ceil(a.length / 8), {
    example: [`octet_length(${bits('110110110')})`, '2'],
  }),
  def('bit_count(bit) int8', ones, { example: [`bit_count(${bits('1101')})`, '3'] }),
  def('substring(bit,int4) bit', (a: string, from: number) => part(a, from), {
    example: [`substring(${bits('110010')}, 3)`, '0010'],
  }),
  def('substring(bit,int4,int4) bit', part, { ...fallible, example: [`substring(${bits('110010')}, 3, 2)`, '00'] }),
  def('overlay(bit,bit,int4) bit', (a: string, by: string, from: number) => overlay(a, by, from), {
    ...fallible,
    example: [`overlay(${bits('0101')}, ${bits('11')}, 3)`, '0111'],
  }),
  def('overlay(bit,bit,int4,int4) bit', overlay, {
    ...fallible,
    example: [`overlay(${bits('0101')}, ${bits('111')}, 2, 1)`, '011101'],
  }),
  def('position(bit,bit) int4', position, { example: [`position(${bits('0010')}, ${bits('10')})`, '3'] }),
  def('get_bit(bit,int4) int4', getBit, { ...fallible, example: [`get_bit(${bits('101')}, 2)`, '1'] }),
  def('set_bit(bit,int4,int4) bit', setBit, { ...fallible, example: [`set_bit(${bits('101')}, 1, 1)`, '111'] }),
  def('bit_and_final(bit[]) bit', folded('AND'), fallible),
  def('bit_or_final(bit[]) bit', folded('OR'), fallible),
  def('bit_xor_final(bit[]) bit', folded('XOR'), fallible),
]
