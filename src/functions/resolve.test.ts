import { describe, expect, test } from 'vitest'
import { typeByName, typeName } from '../types/pg-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { formatText, parseText } from '../types/text.ts'
import { exampleEnv } from './evaluate.testkit.ts'
import { SCALARS } from './lookup.ts'
import {
  commonType,
  findCast,
  resolveAggregate,
  resolveFunction,
  resolveOperator,
  resolveTableFunction,
} from './resolve.ts'

const types = (names: string): SqlType[] => (names === '' ? [] : names.split(' ').map((name) => typeByName(name)!))

describe('overload resolution', () => {
  test.each([
    ['+', 'int4 int4', 'int4pl(int4,int4)'],
    ['+', 'int2 int8', 'int8pl(int8,int8)'],
    ['+', 'int4 unknown', 'int4pl(int4,int4)'],
    ['+', 'numeric float8', 'float8pl(float8,float8)'],
    ['=', 'varchar text', 'texteq(text,text)'],
    ['=', 'varchar unknown', 'texteq(text,text)'],
    ['<', 'date timestamp', 'timestamp_lt(timestamp,timestamp)'],
    ['-', 'timestamp unknown', 'timestamp_mi(timestamp,timestamp)'],
    ['||', 'unknown unknown', 'textcat(text,text)'],
    ['||', 'int4[] int4', 'array_append(anycompatiblearray,anycompatible)'],
    ['||', 'int4[] unknown', 'array_cat(anycompatiblearray,anycompatiblearray)'],
    ['||', 'int4 text', 'anytextcat(anynonarray,text)'],
    ['-', 'int4', 'int4um(int4)'],
    ['->', 'jsonb unknown', 'jsonb_object_field(jsonb,text)'],
    ['~~', 'varchar unknown', 'textlike(text,text)'],
  ])('%s over %s is %s', (op, args, id) => expect(resolveOperator(op, types(args)).fn.id).toBe(id))

  test.each([
    ['abs', 'unknown', 'abs(float8)'],
    ['round', 'int4', 'round(float8)'],
    ['round', 'numeric int4', 'round(numeric,int4)'],
    ['length', 'varchar', 'length(text)'],
    ['concat', 'int4 text bool', 'concat(any)'],
    ['date_trunc', 'unknown date', 'date_trunc(text,timestamptz)'],
  ])('%s(%s) is %s', (name, args, id) => expect(resolveFunction(name, types(args)).fn.id).toBe(id))

  test('polymorphic arguments settle the types of arguments and result', () => {
    const append = resolveFunction('array_append', types('int4[] numeric'))
    expect([...append.argTypes, append.returns].map(typeName)).toEqual(['numeric[]', 'numeric', 'numeric[]'])
    expect(typeName(resolveAggregate('array_agg', types('text')).returns)).toBe('text[]')
    expect(typeName(resolveAggregate('max', types('text[]')).returns)).toBe('text[]')
    expect(typeName(resolveAggregate('max', types('varchar')).returns)).toBe('text')
  })

  test.each([
    () => resolveAggregate('topk', types('int4 int4[]')),
    () => resolveFunction('array_fill', types('int4[] int4[]')),
    () => resolveFunction('array_append', types('unknown int4[]')),
  ])('no array of arrays is made (%#)', (call) =>
    expect(call).toThrow(
      expect.objectContaining({ sqlstate: '42704', message: 'could not find array type for data type integer[]' }),
    ),
  )

  test.each([
    ['count', '', 'bigint'],
    ['count', 'record', 'bigint'],
    ['sum', 'int2', 'bigint'],
    ['sum', 'int8', 'numeric'],
    ['sum', 'float4', 'real'],
    ['avg', 'int4', 'numeric'],
    ['avg', 'float4', 'double precision'],
    ['min', 'date', 'date'],
    ['string_agg', 'text unknown', 'text'],
  ])('%s(%s) gives %s', (name, args, result) =>
    expect(typeName(resolveAggregate(name, types(args)).returns)).toBe(result),
  )

  test('every operator of every type resolves to itself', () => {
    for (const fn of SCALARS) {
      if (fn.operator === undefined || fn.args.some((arg) => 'poly' in arg)) continue
      expect(resolveOperator(fn.operator, fn.args as readonly SqlType[]).fn.id).toBe(fn.id)
    }
  })
})

describe('common types', () => {
  test.each([
    ['int4 int8 numeric', 'numeric'],
    ['int4 unknown', 'integer'],
    ['unknown unknown', 'text'],
    ['varchar text', 'character varying'],
    ['text varchar', 'text'],
    ['date timestamptz', 'timestamp with time zone'],
    ['numeric float4', 'real'],
  ])('of %s is %s', (names, result) => expect(typeName(commonType(types(names), 'UNION'))).toBe(result))

  test('modifiers stay when all agree', () => {
    const price: SqlType = { kind: 'numeric', precision: 10, scale: 2 }
    expect(commonType([price, price], 'CASE')).toEqual(price)
    expect(commonType([price, { kind: 'numeric' }], 'CASE')).toEqual({ kind: 'numeric' })
  })

  test('there is none across categories', () => {
    expect(() => commonType(types('int4 text'), 'UNION')).toThrow('UNION types integer and text cannot be matched')
  })
})

describe('casts', () => {
  test.each([
    ['int4', 'int8', 'implicit', '5', '5'],
    ['int8', 'int4', 'assignment', '5', '5'],
    ['numeric', 'int4', 'assignment', '2.5', '3'],
    ['float8', 'int4', 'assignment', '2.5', '2'],
    ['bool', 'text', 'assignment', 't', 'true'],
    ['text', 'int4', 'explicit', ' 7 ', '7'],
    ['int4[]', 'text[]', 'assignment', '{1,NULL}', '{1,NULL}'],
    ['timestamp', 'date', 'assignment', '2024-01-02 03:04:05', '2024-01-02'],
    ['jsonb', 'int4', 'explicit', '1.6', '2'],
  ] as const)('%s to %s from %s contexts on', (from, to, context, value, result) => {
    const [source, target] = [typeByName(from)!, typeByName(to)!]
    const cast = findCast(source, target, context)!
    expect(formatText(cast.eval(parseText(value, source), target, exampleEnv)!, target)).toBe(result)
    if (context === 'explicit') expect(findCast(source, target, 'assignment')).toBeUndefined()
    if (context === 'assignment') expect(findCast(source, target, 'implicit')).toBeUndefined()
  })

  test('explicit casts cut to varchar(n), assignments refuse', () => {
    const short: SqlType = { kind: 'varchar', length: 2 }
    expect(findCast({ kind: 'text' }, short, 'explicit')!.eval('abc', short, exampleEnv)).toBe('ab')
    expect(() => findCast({ kind: 'text' }, short, 'assignment')!.eval('abc', short, exampleEnv)).toThrow(
      'value too long for type character varying(2)',
    )
  })

  test('a cast that changes nothing says so', () => {
    expect(findCast({ kind: 'int4' }, { kind: 'int8' }, 'implicit')!.identity).toBe(true)
    expect(findCast({ kind: 'int4' }, { kind: 'numeric' }, 'implicit')!.identity).toBeUndefined()
    expect(findCast({ kind: 'bool' }, { kind: 'date' }, 'explicit')).toBeUndefined()
  })
})

describe('table functions', () => {
  const rows = (name: string, ...args: readonly (readonly [type: string, text: string])[]) => {
    const actual = args.map(([type]) => typeByName(type)!)
    const { fn, argTypes } = resolveTableFunction(name, actual)
    const values = args.map(([, text], i) => parseText(text, argTypes[i]))
    const columns = fn.columns(argTypes)
    return [...fn.eval(values, exampleEnv, argTypes)].map((row) =>
      row.map((value, c) => (value === null ? null : formatText(value, columns[c].type))).join(' '),
    )
  }

  test.each<[string, readonly (readonly [string, string])[], string[]]>([
    [
      'generate_series',
      [
        ['int4', '1'],
        ['int4', '3'],
      ],
      ['1', '2', '3'],
    ],
    [
      'generate_series',
      [
        ['int4', '3'],
        ['int4', '1'],
        ['int4', '-2'],
      ],
      ['3', '1'],
    ],
    [
      'generate_series',
      [
        ['int8', '9223372036854775806'],
        ['int8', '9223372036854775807'],
      ],
      ['9223372036854775806', '9223372036854775807'],
    ],
    [
      'generate_series',
      [
        ['numeric', '1.1'],
        ['numeric', '2'],
        ['numeric', '0.5'],
      ],
      ['1.1', '1.6'],
    ],
    [
      'generate_series',
      [
        ['timestamp', '2024-01-31'],
        ['timestamp', '2024-03-31'],
        ['interval', '1 month'],
      ],
      ['2024-01-31 00:00:00', '2024-02-29 00:00:00', '2024-03-29 00:00:00'],
    ],
    ['unnest', [['int4[]', '{1,NULL,3}']], ['1', '', '3']],
    ['jsonb_each_text', [['jsonb', '{"a": "x", "b": [1]}']], ['a x', 'b [1]']],
    ['jsonb_array_elements', [['jsonb', '[1, "a"]']], ['1', '"a"']],
    ['jsonb_object_keys', [['jsonb', '{"bb": 1, "a": 2}']], ['a', 'bb']],
    [
      'regexp_split_to_table',
      [
        ['text', 'a1b22c'],
        ['text', '\\d+'],
      ],
      ['a', 'b', 'c'],
    ],
  ])('%s', (name, args, expected) => expect(rows(name, ...args)).toEqual(expected))

  test('a step of zero is refused', () => {
    expect(() => rows('generate_series', ['int4', '1'], ['int4', '2'], ['int4', '0'])).toThrow(
      'step size cannot equal zero',
    )
  })
})
