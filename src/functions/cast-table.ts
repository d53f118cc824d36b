import { trimBlanks } from '../types/modifiers.ts'
import type { TypeKind } from '../types/sql-type.ts'
import { formatChar, parseChar } from '../types/text/string.ts'
import * as V from './cast-values.ts'
import type { Cast } from './function.ts'
import { outOfRange } from './inline-helpers.ts'
import { int8ToReg, nameToRegclass, oidToReg, REG_KINDS, regToOid } from './reg-names.ts'

/** PostgreSQL's pg_cast for our types: [from, to, context, conversion, fallible]. No conversion: the value is the same. */
export interface CastRow {
  readonly from: TypeKind
  readonly to: TypeKind
  readonly context: Cast['context']
  readonly convert: V.Convert | undefined
  readonly fallible: boolean
}

const rows: CastRow[] = []
const same = undefined

function cast(pairs: string, context: Cast['context'], convert: V.Convert | undefined, fallible = false): void {
  for (const pair of pairs.split(' ')) {
    const [from, to] = pair.split('>') as [TypeKind, TypeKind]
    rows.push({ from, to, context, convert, fallible })
  }
}

const toFloat8 = (value: number | bigint): number => Number(value)
const toFloat4 = (value: number | bigint): number => Math.fround(Number(value))

cast('int2>int4 int2>int8 int4>int8 int2>float4 int2>float8 int4>float8 float4>float8', 'implicit', same)
cast('int4>float4 int8>float4', 'implicit', toFloat4)
cast('int8>float8', 'implicit', toFloat8)
cast('int2>numeric int4>numeric int8>numeric', 'implicit', V.intToNumeric)
cast('int4>int2 int8>int2', 'assignment', V.toSmallInteger('int2'), true)
cast('int8>int4', 'assignment', V.toSmallInteger('int4'), true)
cast('float4>int2 float8>int2', 'assignment', V.floatToSmallInteger('int2'), true)
cast('float4>int4 float8>int4', 'assignment', V.floatToSmallInteger('int4'), true)
cast('float4>int8 float8>int8', 'assignment', V.floatToInt8, true)
cast('float8>float4', 'assignment', V.float8ToFloat4, true)
cast('float8>numeric', 'assignment', V.float8ToNumeric)
cast('float4>numeric', 'assignment', V.float4ToNumeric)
cast('numeric>int2', 'assignment', V.numericToSmallInteger('int2'), true)
cast('numeric>int4', 'assignment', V.numericToSmallInteger('int4'), true)
cast('numeric>int8', 'assignment', V.numericToInt8, true)
cast('numeric>float4', 'implicit', V.numericToFloat4, true)
cast('numeric>float8', 'implicit', V.numericToFloat8, true)
cast('int4>bool', 'explicit', (value: number) => value !== 0)
cast('bool>int4', 'explicit', (value: boolean) => (value ? 1 : 0))
cast('int2>oid int4>oid', 'implicit', (value: number) => (value < 0 ? value + 4294967296 : value))
cast('oid>int4', 'assignment', (value: number) => value | 0)
cast('int8>oid', 'implicit', V.toSmallInteger('oid'), true)
cast('oid>int8', 'assignment', same)

cast('varchar>text text>varchar', 'implicit', same)
cast('varchar>bpchar text>bpchar', 'implicit', same)
cast('bpchar>text bpchar>varchar', 'implicit', trimBlanks)
cast('text>name varchar>name', 'implicit', (value: string) => cutName(value))
cast('bpchar>name', 'implicit', (value: string) => cutName(trimBlanks(value)))
cast('name>text', 'implicit', same)
cast('name>varchar', 'assignment', same)
cast('name>bpchar', 'assignment', same)
cast('char>text', 'implicit', formatChar)
cast('char>varchar char>bpchar', 'assignment', formatChar)
cast('text>char varchar>char bpchar>char', 'assignment', parseChar)
cast('char>int4', 'explicit', (value: string) => (value === '' ? 0 : (value.charCodeAt(0) << 24) >> 24))
cast('int4>char', 'explicit', intToChar, true)

// Names stand for objects: what PostgreSQL reads from an oid is text with us (reg-names.ts).
for (const kind of REG_KINDS) {
  cast(`${kind}>oid`, 'implicit', regToOid(kind), true)
  const oidOf = regToOid(kind)
  cast(`${kind}>int8`, 'assignment', oidOf, true)
  cast(`${kind}>int4`, 'assignment', (text: string, env) => wrapped(oidOf(text, env)), true)
  cast(`oid>${kind} int2>${kind} int4>${kind}`, 'implicit', oidToReg(kind))
  cast(`int8>${kind}`, 'implicit', int8ToReg(kind), true)
  cast(`${kind}>text`, 'assignment', same)
}
cast('text>regclass varchar>regclass', 'implicit', nameToRegclass, true)

cast('date>timestamp', 'implicit', V.dateToTimestamp, true)
cast('date>timestamptz', 'implicit', V.dateToTimestamptz, true)
cast('timestamp>timestamptz', 'implicit', V.timestampToTimestamptz, true)
cast('timestamptz>timestamp', 'assignment', V.timestamptzToTimestamp, true)
cast('timestamp>date', 'assignment', V.timestampToDate)
cast('timestamptz>date', 'assignment', V.timestamptzToDate)
cast('timestamp>time', 'assignment', V.timestampToTime, true)
cast('timestamptz>time', 'assignment', V.timestamptzToTime, true)
cast('time>interval', 'implicit', V.timeToInterval)
cast('interval>time', 'assignment', V.intervalToTime)

cast('bit>varbit varbit>bit', 'implicit', same)
cast('int4>bit int8>bit', 'explicit', V.intToBits)
cast('bit>int4', 'explicit', V.bitsToInt(32, 'integer'), true)
cast('bit>int8', 'explicit', V.bitsToInt(64, 'bigint'), true)

cast('jsonb>json', 'assignment', same)
cast('jsonb>bool', 'explicit', V.jsonbToBool, true)
cast('jsonb>numeric', 'explicit', (v: string) => V.jsonbToNumeric(v), true)
cast('jsonb>int2', 'explicit', (v: string) => V.numericToSmallInteger('int2')(V.jsonbToNumeric(v, 'int2')), true)
cast('jsonb>int4', 'explicit', (v: string) => V.numericToSmallInteger('int4')(V.jsonbToNumeric(v, 'int4')), true)
cast('jsonb>int8', 'explicit', (v: string) => V.numericToInt8(V.jsonbToNumeric(v, 'int8')), true)
cast('jsonb>float4', 'explicit', (v: string) => V.numericToFloat4(V.jsonbToNumeric(v, 'float4')), true)
cast('jsonb>float8', 'explicit', (v: string) => V.numericToFloat8(V.jsonbToNumeric(v, 'float8')), true)

const wrapped = (oid: number | null): number | null => (oid === null ? null : oid | 0)

function intToChar(value: number): string {
  if (value < -128 || value > 127) throw outOfRange('"char"')
  return value === 0 ? '' : String.fromCharCode(value & 0xff)
}

function cutName(text: string): string {
  return Buffer.byteLength(text) <= 63
    ? text
    : Buffer.from(text)
        .subarray(0, 63)
        .toString('utf8')
        .replace(/\ufffd$/, '')
}

export const CAST_ROWS: readonly CastRow[] = rows
