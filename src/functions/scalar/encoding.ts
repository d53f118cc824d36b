import { SqlError } from '../../base/sql-error.ts'
import { def, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { bytesMax, decodeBytes, ENCODINGS, encodeText, encodingByName, verifyBytes } from './encodings.ts'

/** Text in other encodings: convert, convert_from, convert_to, and what encodings there are. */
function named(name: string, what: string): string {
  const encoding = encodingByName(name)
  if (encoding === undefined) throw new SqlError('22023', `invalid ${what}encoding name "${name}"`)
  return encoding
}

function convert(bytes: Uint8Array, source: string, target: string): Uint8Array {
  const from = named(source, 'source ')
  const to = named(target, 'destination ')
  verifyBytes(bytes, from)
  if (from === to || to === 'SQL_ASCII') return bytes
  if (from === 'SQL_ASCII') {
    verifyBytes(bytes, to)
    return bytes
  }
  if (from !== 'UTF8' && to !== 'UTF8')
    throw new SqlError('42883', `default conversion function for encoding "${from}" to "${to}" does not exist`)
  return encodeText(decodeBytes(bytes, from), to)
}

function lengthIn(bytes: Uint8Array, name: string): number {
  const encoding = named(name, '')
  verifyBytes(bytes, encoding)
  return encoding === 'UTF8' ? [...decodeBytes(bytes, encoding)].length : bytes.length
}

const fallible = { fallible: true }
const stable: Options = { volatility: 'stable' }

export const encodingFunctions: readonly ScalarFunction[] = [
  def('convert(bytea,name,name) bytea', convert, {
    ...fallible,
    example: ["convert('\\x61e4'::bytea, 'LATIN1', 'UTF8')", '\\x61c3a4'],
  }),
  def('convert_from(bytea,name) text', (b: Uint8Array, name: string) => decodeBytes(b, named(name, 'source ')), {
    ...fallible,
    volatility: 'stable',
    example: ["convert_from('\\xc3a9'::bytea, 'UTF8')", 'é'],
  }),
  def('convert_to(text,name) bytea', (s: string, name: string) => encodeText(s, named(name, 'destination ')), {
    ...fallible,
    volatility: 'stable',
    example: ["convert_to('é', 'UTF8')", '\\xc3a9'],
  }),
  def('length(bytea,name) int4', lengthIn, {
    ...fallible,
    volatility: 'stable',
    example: ["length('\\xc3a9'::bytea, 'UTF8')", '1'],
  }),
  def('pg_encoding_to_char(int4) name', (n: number) => ENCODINGS[n] ?? '', {
    ...stable,
    example: ['pg_encoding_to_char(6)', 'UTF8'],
  }),
  def('pg_char_to_encoding(name) int4', (name: string) => ENCODINGS.indexOf(encodingByName(name) ?? '?'), {
    ...stable,
    example: ["pg_char_to_encoding('UTF8')", '6'],
  }),
  def(
    'pg_encoding_max_length(int4) int4',
    (n: number) => (ENCODINGS[n] === undefined ? null : bytesMax(ENCODINGS[n])),
    { example: ['pg_encoding_max_length(6)', '4'] },
  ),
]
