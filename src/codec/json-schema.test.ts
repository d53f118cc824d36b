import { describe, expect, test } from 'vitest'
import { formatType } from '../types/pg-type.ts'
import { jsonSchemaMismatch, jsonSchemaRowType } from './json-schema.ts'

const columns = (schema: unknown, references: { name: string; text: string }[] = []) =>
  jsonSchemaRowType({ text: JSON.stringify(schema), references }, 'value')
    .map(({ name, type, nullable }) => `${name} ${formatType(type)}${nullable ? '' : ' not null'}`)
    .join(', ')

describe('the columns of a JSON Schema', () => {
  test.each([
    [{ type: 'integer' }, 'v bigint'],
    [{ type: 'integer', 'connect.type': 'int32' }, 'v integer'],
    [{ type: 'number' }, 'v double precision'],
    [{ type: 'number', title: 'org.apache.kafka.connect.data.Decimal' }, 'v numeric'],
    [{ type: 'boolean' }, 'v boolean'],
    [{ type: 'string' }, 'v text'],
    [{ type: 'string', format: 'date-time' }, 'v timestamp with time zone'],
    [{ type: 'string', format: 'date' }, 'v date'],
    [{ type: 'string', format: 'uuid' }, 'v uuid'],
    [{ type: 'string', format: 'email' }, 'v text'],
    [{ type: 'array', items: { type: 'string' } }, 'v text[]'],
    [{ type: 'array', items: { type: 'object' } }, 'v jsonb'],
    [{ type: 'object', properties: {} }, 'v jsonb'],
    [{ type: ['string', 'null'] }, 'v text'],
    [{ type: ['string', 'integer'] }, 'v jsonb'],
    [{ oneOf: [{ type: 'null' }, { type: 'integer' }] }, 'v bigint'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'v jsonb'],
    [{ enum: ['a', 'b'] }, 'v jsonb'],
    [{ $ref: '#/definitions/a~1b' }, 'v boolean'],
    [{ $ref: 'other.json' }, 'v date'],
  ])('%j', (schema, expected) => {
    const other = { name: 'other.json', text: '{"type":"string","format":"date"}' }
    const definitions = { 'a/b': { type: 'boolean' } }
    expect(columns({ type: 'object', properties: { v: schema }, definitions }, [other])).toBe(expected)
  })

  test('required properties are NOT NULL, unless they may be null', () => {
    const properties = { a: { type: 'integer' }, b: { type: ['integer', 'null'] }, c: { type: 'integer' } }
    expect(columns({ type: 'object', properties, required: ['a', 'b'] })).toBe('a bigint not null, b bigint, c bigint')
  })

  test('what is no object is one column', () => {
    expect(columns({ type: 'string' })).toBe('value text not null')
  })

  test.each([
    ['{', 'it is not JSON'],
    ['{"properties":{"v":{"$ref":"gone.json"}}}', 'it refers to "gone.json"'],
    ['{"properties":{"v":{"$ref":"#/definitions/x"}}}', 'there is no "#/definitions/x"'],
    ['{"$ref":"#"}', 'its references are more than 50 deep'],
  ])('%s', (text, message) => {
    expect(() => jsonSchemaRowType({ text, references: [] }, 'v')).toThrow(message)
  })
})

describe('another version', () => {
  const row = (properties: object, required: string[] = []) =>
    jsonSchemaRowType({ text: JSON.stringify({ properties, required }), references: [] }, 'v')
  const [integer, number, string] = ['integer', 'number', 'string'].map((type) => ({ type }))

  test('with more, or wider for narrower, is read', () => {
    expect(jsonSchemaMismatch(row({ a: integer, b: string }), row({ a: number }))).toBeNull()
    expect(jsonSchemaMismatch(row({}), row({ a: integer }))).toBeNull()
  })

  test.each([
    [row({ a: string }), row({ a: integer }), 'field "a": text cannot be read as int8'],
    [row({ a: number }), row({ a: integer }), 'field "a": float8 cannot be read as int8'],
    [row({}), row({ a: integer }, ['a']), 'field "a": the writer\'s schema lacks it, and the column is NOT NULL'],
    [row({ a: integer }), row({ a: integer }, ['a']), 'field "a": it may be missing, but the column is NOT NULL'],
  ])('that does not agree is named: %#', (writer, reader, reason) => {
    expect(jsonSchemaMismatch(writer, reader)).toBe(reason)
  })
})
