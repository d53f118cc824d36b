import { createHash } from 'node:crypto'
import { SqlError } from '../../base/sql-error.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import { quoteIdent } from '../../types/text/identifier.ts'
import { parseEscaped, parseHex } from '../../types/text/string.ts'
import { formatText, parseText } from '../../types/text.ts'
import type { Datum, Value } from '../../types/value.ts'
import { def, defEnv, textOptions } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'

/** Text out of values: concat, format, quoting, encodings and digests. */
const output = (value: Value, type: SqlType, env: EvalEnv): string => formatText(value, type, textOptions(env))

/** As a cast to text has it: booleans in words. */
const asText = (value: Value, type: SqlType, env: EvalEnv): string =>
  typeof value === 'boolean' ? String(value) : output(value, type, env)

function concat(values: readonly Datum[], types: readonly SqlType[], env: EvalEnv, from: number): string[] {
  const parts: string[] = []
  for (let i = from; i < values.length; i++) {
    const value = values[i]
    if (value !== null) parts.push(output(value, types[i], env))
  }
  return parts
}

export function quoteLiteral(text: string): string {
  const body = text.replaceAll("'", "''")
  return text.includes('\\') ? ` E'${body.replaceAll('\\', '\\\\')}'`.slice(1) : `'${body}'`
}

/** format(): %s, %I, %L with position and width. */
function format(args: readonly Datum[], env: EvalEnv, types: readonly SqlType[]): Datum {
  const template = args[0] as string | null
  if (template === null) return null
  let next = 1
  const place = (at: number): number => {
    if (at === 0) throw new SqlError('22023', 'format specifies argument 0, but arguments are numbered from 1')
    if (at >= args.length) throw new SqlError('22023', 'too few arguments for format()')
    return at
  }
  return template.replace(
    /%(?:%|(?:(\d+)\$)?(-?)(?:\*(?:(\d+)\$)?|(\d*))(.?))/gsu,
    (
      whole,
      position: string | undefined,
      minus: string,
      widthAt: string | undefined,
      digits: string | undefined,
      code: string,
    ) => {
      if (whole === '%%') return '%'
      let width = Number(digits ?? 0)
      if (digits === undefined) {
        if (widthAt !== undefined) next = Number(widthAt)
        width = widthOf(args[place(next)], types[next], env)
        next++
      }
      if (code === '') throw new SqlError('22023', 'unterminated format() type specifier')
      if (!'sIL'.includes(code)) throw new SqlError('22023', `unrecognized format() type specifier "${code}"`)
      if (position !== undefined) next = Number(position)
      const value = args[place(next)]
      const text = value === null ? formatNull(code) : formatOne(output(value, types[next], env), code)
      next++
      return minus === '-' || width < 0 ? padded(text, Math.abs(width), true) : padded(text, width, false)
    },
  )
}

/** A width that is an argument; NULL is none. */
function widthOf(value: Datum, type: SqlType, env: EvalEnv): number {
  return value === null ? 0 : (parseText(output(value, type, env), INT4) as number)
}

function padded(text: string, width: number, atEnd: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - [...text].length))
  return atEnd ? text + blanks : blanks + text
}

function formatNull(code: string): string {
  if (code === 'I') throw new SqlError('22004', 'null values cannot be formatted as an SQL identifier')
  return code === 'L' ? 'NULL' : ''
}

function formatOne(text: string, code: string): string {
  return code === 's' ? text : code === 'I' ? quoteIdent(text) : quoteLiteral(text)
}

function encode(bytes: Uint8Array, name: string): string {
  const buffer = Buffer.from(bytes)
  switch (name.toLowerCase()) {
    case 'hex':
      return buffer.toString('hex')
    case 'base64':
      return buffer.toString('base64').replace(/(.{76})(?=.)/g, '$1\n')
    case 'escape':
      return [...bytes]
        .map((b) =>
          b === 0 || b >= 128 ? `\\${b.toString(8).padStart(3, '0')}` : b === 92 ? '\\\\' : String.fromCharCode(b),
        )
        .join('')
    default:
      throw new SqlError('22023', `unrecognized encoding: "${name}"`)
  }
}

function decode(text: string, name: string): Uint8Array {
  switch (name.toLowerCase()) {
    case 'hex':
      return parseHex(text)
    case 'base64': {
      const digits = text.replace(/\s/g, '')
      const bad = /[^A-Za-z0-9+/=]/.exec(digits)
      if (bad !== null) throw new SqlError('22023', `invalid symbol "${bad[0]}" found while decoding base64 sequence`)
      if (digits.length % 4 !== 0)
        throw new SqlError('22023', 'invalid base64 end sequence', {
          hint: 'Input data is missing padding, is truncated, or is otherwise corrupted.',
        })
      return Uint8Array.from(Buffer.from(digits, 'base64'))
    }
    case 'escape':
      return parseEscaped(text)
    default:
      throw new SqlError('22023', `unrecognized encoding: "${name}"`)
  }
}

const digest = (name: string) => (value: string | Uint8Array) => createHash(name).update(value).digest()
const hexDigest = (name: string) => (value: string | Uint8Array) => digest(name)(value).toString('hex')
const bytesDigest = (name: string) => (value: Uint8Array) => Uint8Array.from(digest(name)(value))

const toHex = (width: number) => (value: number | bigint) => BigInt.asUintN(width, BigInt(value)).toString(16)

export const textFormatFunctions: readonly ScalarFunction[] = [
  defEnv('concat(any) text', (args, env, types) => concat(args, types, env, 0).join(''), {
    variadic: true,
    strict: false,
    volatility: 'stable',
    example: ["concat('a', 1, null, true)", 'a1t'],
  }),
  defEnv(
    'concat_ws(text,any) text',
    (args, env, types) => (args[0] === null ? null : concat(args, types, env, 1).join(args[0] as string)),
    { variadic: true, strict: false, volatility: 'stable', example: ["concat_ws(',', 1, null, 'b')", '1,b'] },
  ),
  defEnv('format(text) text', format, {
    strict: false,
    fallible: true,
    volatility: 'stable',
    example: ["format('100%%')", '100%'],
  }),
  defEnv('format(text,any) text', format, {
    variadic: true,
    strict: false,
    fallible: true,
    volatility: 'stable',
    example: ["format('%s %I %L %1$s', 1, 'a b', 'it''s')", "1 \"a b\" 'it''s' 1"],
  }),
  // text || anything and anything || text: through the value's output.
  defEnv(
    'textanycat(text,anynonarray) text',
    ([a, b], env, types) => (a as string) + asText(b as Value, types[1], env),
    {
      op: '||',
      volatility: 'stable',
      example: ["'n='::text || 5", 'n=5'],
    },
  ),
  defEnv(
    'anytextcat(anynonarray,text) text',
    ([a, b], env, types) => asText(a as Value, types[0], env) + (b as string),
    {
      op: '||',
      volatility: 'stable',
      example: ["5 || ' apples'::text", '5 apples'],
    },
  ),
  def('quote_ident(text) text', quoteIdent, { example: ["quote_ident('Foo bar')", '"Foo bar"'] }),
  def('quote_literal(text) text', quoteLiteral, { example: ["quote_literal('O''Reilly')", "'O''Reilly'"] }),
  defEnv('quote_nullable(text) text', ([v]) => (v === null ? 'NULL' : quoteLiteral(v as string)), {
    strict: false,
    example: ['quote_nullable(null)', 'NULL'],
  }),
  def('encode(bytea,text) text', encode, { fallible: true, example: ["encode('\\x123456'::bytea, 'base64')", 'EjRW'] }),
  def('decode(text,text) bytea', decode, { fallible: true, example: ["decode('EjRW', 'base64')", '\\x123456'] }),
  def('md5(text) text', hexDigest('md5'), { example: ["md5('abc'::text)", '900150983cd24fb0d6963f7d28e17f72'] }),
  def('md5(bytea) text', hexDigest('md5'), {
    example: ["md5('\\x616263'::bytea)", '900150983cd24fb0d6963f7d28e17f72'],
  }),
  def('sha256(bytea) bytea', bytesDigest('sha256'), {
    example: ["sha256(''::bytea)", '\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  }),
  def('sha512(bytea) bytea', bytesDigest('sha512')),
  def('to_hex(int4) text', toHex(32), { example: ['to_hex(-1)', 'ffffffff'] }),
  def('to_hex(int8) text', toHex(64), { example: ['to_hex(4294967296)', '100000000'] }),
]
