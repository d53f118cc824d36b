import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SqlError } from '../base/sql-error.ts'
import { formatType, typeByName, typeByOid, typeOid, typmodOf } from './pg-type.ts'
import { arrayOf, BYTEA, type SqlType, TEXT, UNKNOWN } from './sql-type.ts'
import { formatText, parseText } from './text.ts'
import { datumOf, someTypes } from './values.testkit.ts'

function type(name: string): SqlType {
  const match = /^(.*?)(?:\((\d+)(?:,(\d+))?\))?$/.exec(name)!
  const base = typeByName(match[1])!
  if (match[2] === undefined) return base
  if (base.kind === 'numeric') return { ...base, precision: Number(match[2]), scale: Number(match[3] ?? 0) }
  return base.kind === 'varchar' || base.kind === 'bpchar'
    ? { ...base, length: Number(match[2]) }
    : { ...base, precision: Number(match[2]) }
}

const both = (name: string, text: string, timeZone = 'UTC') =>
  formatText(parseText(text, type(name), { timeZone, nowMicros: 86_400_000_000 }), type(name), { timeZone })

describe('text of types', () => {
  test.each(
    `
    bool | tRu | t
    bool | off | f
    int2 | -32768 | -32768
    int8 | 9223372036854775807 | 9223372036854775807
    oid | 4294967295 | 4294967295
    float8 | 1e15 | 1e+15
    float8 | 123456789012345 | 123456789012345
    float8 | 0.0001 | 0.0001
    float8 | 0.00001 | 1e-05
    float8 | 1.7976931348623157e308 | 1.7976931348623157e+308
    float8 | -0 | -0
    float8 | inf | Infinity
    float4 | 0.1 | 0.1
    float4 | 16777216 | 1.6777216e+07
    float4 | 1e6 | 1e+06
    float4 | 123456 | 123456
    numeric | 1.10 | 1.10
    numeric(5,2) | 1.005 | 1.01
    varchar(3) | ab    | ab
    bpchar(3) | a | a  .
    bytea | a\\\\b\\001 | \\x615c6201
    bytea | \\xDEAD | \\xdead
    date | 2024-02-29 | 2024-02-29
    date | 2/29/2024 | 2024-02-29
    date | Jan 8, 1999 | 1999-01-08
    date | 8 January 1999 | 1999-01-08
    date | 08-Jan-99 | 1999-01-08
    date | 1999.008 | 1999-01-08
    date | J2451187 | 1999-01-08
    date | 19990108 | 1999-01-08
    date | 0044-03-15 BC | 0044-03-15 BC
    date | infinity | infinity
    date | today | 1970-01-02
    date | 5874897-12-31 | 5874897-12-31
    date | 1/2/1000000 | 1000000-01-02
    time | 04:05 PM | 16:05:00
    time | 040506 | 04:05:06
    time | 3:4:5.25 PM | 15:04:05.25
    time | 0:4 am | 00:04:00
    time | 3:4: | 03:04:00
    time | 24:00:00 | 24:00:00
    time(1) | 04:05:06.789 | 04:05:06.8
    timestamp | 2024-01-02T03:04:05.678901 | 2024-01-02 03:04:05.678901
    timestamp | 2000-1-2 3:4:5 PM | 2000-01-02 15:04:05
    timestamp | 2000-1-2 12:4 AM | 2000-01-02 00:04:00
    timestamp | 12345-6-7 1:2:3 | 12345-06-07 01:02:03
    timestamp | 2024-01-02 03:04:05+05 | 2024-01-02 03:04:05
    timestamp | 2024-01-02 23:59:60 | 2024-01-03 00:00:00
    timestamp | 9999-12-31 23:59:59.999999 | 9999-12-31 23:59:59.999999
    timestamp | epoch | 1970-01-01 00:00:00
    timestamp(0) | 2024-01-02 03:04:05.5 | 2024-01-02 03:04:06
    timestamp(3) | 1999-12-31 23:59:59.9995 | 1999-12-31 23:59:59.999
    timestamp | Mon Jan 02 03:04:05 2024 | 2024-01-02 03:04:05
    timestamp | 20240102T030405 | 2024-01-02 03:04:05
    timestamptz | 2024-01-02 03:04:05+05:30 | 2024-01-01 21:34:05+00
    timestamptz | 2024-01-02 03:04:05 EST | 2024-01-02 08:04:05+00
    timestamptz | 2024-07-02 03:04:05 America/New_York | 2024-07-02 07:04:05+00
    timestamptz | 2024-01-02T03:04:05Z | 2024-01-02 03:04:05+00
    interval | 1 year 2 mons 3 days 04:05:06.7 | 1 year 2 mons 3 days 04:05:06.7
    interval | -1 day 2 hours | -1 days +02:00:00
    interval | 1-2 | 1 year 2 mons
    interval | 3 4:05:06 | 3 days 04:05:06
    interval | P1Y2M3DT4H5M6.5S | 1 year 2 mons 3 days 04:05:06.5
    interval | 1.5 days | 1 day 12:00:00
    interval | 1.5 months | 1 mon 15 days
    interval | @ 1 minute ago | -00:01:00
    interval | 90 | 00:01:30
    interval | 2 weeks | 14 days
    interval | 0 | 00:00:00
    uuid | {A0EEBC99-9C0B4EF8-BB6D6BB9-BD380A11} | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11
    json | {"a" :1.0} | {"a" :1.0}
    jsonb | {"bb":1.0,"a":[1e2, "\\u00e9"],"a":null} | {"a": null, "bb": 1.0}
    jsonb | [1e2,-0, "\\n"] | [100, 0, "\\n"]
    int4[] | { 1, NULL,3} | {1,NULL,3}
    text[] | {a,"b,c","null",""," d"} | {a,"b,c","null",""," d"}
  `
      .trim()
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string, string]),
  )('%s: %s → %s', (name, text, printed) => expect(both(name, text)).toBe(printed.replace(/\.$/, '')))

  test.each(
    `
    bool | maybe | 22P02 | invalid input syntax for type boolean: "maybe"
    int4 | x | 22P02 | invalid input syntax for type integer: "x"
    int4 | 99999999999 | 22003 | value "99999999999" is out of range for type integer
    int8 | 9223372036854775808 | 22003 | value "9223372036854775808" is out of range for type bigint
    int2 | 1.5 | 22P02 | invalid input syntax for type smallint: "1.5"
    float8 | 1e400 | 22003 | "1e400" is out of range for type double precision
    float8 | 1x | 22P02 | invalid input syntax for type double precision: "1x"
    numeric | abc | 22P02 | invalid input syntax for type numeric: "abc"
    numeric(3,1) | 99.95 | 22003 | numeric field overflow
    varchar(2) | abc | 22001 | value too long for type character varying(2)
    bpchar(2) | abc | 22001 | value too long for type character(2)
    bytea | \\xzz | 22023 | invalid hexadecimal digit: "z"
    date | nonsense | 22007 | invalid input syntax for type date: "nonsense"
    date | 2024-13-01 | 22008 | date/time field value out of range: "2024-13-01"
    date | 2023-02-29 | 22008 | date/time field value out of range: "2023-02-29"
    timestamp | 2024-01-01 25:00 | 22008 | date/time field value out of range: "2024-01-01 25:00"
    timestamptz | 2024-01-01 | ok |
    interval | 1 fortnight | 22007 | invalid input syntax for type interval: "1 fortnight"
    uuid | 1234 | 22P02 | invalid input syntax for type uuid: "1234"
    jsonb | {"a":01} | 22P02 | invalid input syntax for type json
    int4[] | 1,2 | 22P02 | malformed array literal: "1,2"
    int4[] | {{1},{2,3}} | 22P02 | malformed array literal: "{{1},{2,3}}"
    int4[] | [1:3]={1,2} | 22P02 | malformed array literal: "[1:3]={1,2}"
  `
      .trim()
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string, string, string]),
  )('%s refuses %s with %s %s', (name, text, sqlstate, message) => {
    let error: SqlError | undefined
    try {
      both(name, text)
    } catch (thrown) {
      error = thrown as SqlError
    }
    expect([error?.sqlstate ?? 'ok', error?.message ?? '']).toEqual([sqlstate, message])
  })

  test.each([['json'], ['jsonb']])(
    '%s nests to its bound; beyond it the error is one of depth, not of syntax',
    (name) => {
      const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
      expect(both(name, nested(1000))).toBe(nested(1000))
      let error: SqlError | undefined
      try {
        both(name, nested(1001))
      } catch (thrown) {
        error = thrown as SqlError
      }
      expect([error?.sqlstate, error?.message]).toEqual(['54001', 'stack depth limit exceeded'])
      expect(error?.fields.hint).toBe('JSON is read to a depth of 1000 objects and arrays inside each other.')
    },
  )

  test('time zones: offsets by date, gaps before, overlaps after the change', () => {
    expect(both('timestamptz', '2024-01-15 12:00', 'Europe/Berlin')).toBe('2024-01-15 12:00:00+01')
    expect(both('timestamptz', '2024-07-15 12:00', 'Europe/Berlin')).toBe('2024-07-15 12:00:00+02')
    expect(both('timestamptz', '2024-03-31 02:30', 'Europe/Berlin')).toBe('2024-03-31 03:30:00+02')
    expect(both('timestamptz', '2024-10-27 02:30', 'Europe/Berlin')).toBe('2024-10-27 02:30:00+01')
    expect(both('timestamptz', '2024-01-15 12:00', 'Asia/Kolkata')).toBe('2024-01-15 12:00:00+05:30')
    expect(() => both('timestamptz', '2024-01-15', 'Mars/Base')).toThrow('time zone "Mars/Base" not recognized')
  })

  test.each(someTypes.map((each) => [formatType(each), each] as const))(
    '%s: every value reads back from its text',
    (_, each) => {
      fc.assert(
        fc.property(datumOf(each), (value) => {
          expect(parseText(formatText(value, each), each)).toEqual(value)
        }),
      )
    },
  )

  test('names, oids and modifiers of types', () => {
    expect(formatType(type('numeric(10,2)'))).toBe('numeric(10,2)')
    expect(formatType(type('timestamptz(3)'))).toBe('timestamp(3) with time zone')
    expect(formatType(arrayOf(type('varchar(5)')))).toBe('character varying(5)[]')
    for (const each of [
      ...someTypes,
      type('numeric(10,2)'),
      type('varchar(7)'),
      type('timestamp(3)'),
      arrayOf(type('varchar(7)')),
    ]) {
      expect(typeByOid(typeOid(each), typmodOf(each))).toEqual(each)
    }
    expect([typeOid(TEXT), typeOid(BYTEA), typeOid(UNKNOWN), typeOid(arrayOf(TEXT))]).toEqual([25, 17, 705, 1009])
  })
})
