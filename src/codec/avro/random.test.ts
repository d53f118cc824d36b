import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Datum } from '../../types/value.ts'
import { normalizeInt } from '../../types/value.ts'
import { decodeAvro, encodeAvro, field, record } from './avro.testkit.ts'

/** A random schema with random values: what another encoder takes, and what must come out as SQL and as JSON. */
interface Case {
  readonly schema: unknown
  readonly value: fc.Arbitrary<Sample>
  /** It has a SQL type of its own. */
  readonly scalar: boolean
}

interface Sample {
  readonly raw: unknown
  readonly datum: Datum
  readonly json: unknown
}

let names = 0
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((t) => t.replaceAll('\0', ''))
const sample = <T>(
  values: fc.Arbitrary<T>,
  datum: (raw: T) => Datum,
  json: (raw: T) => unknown,
): fc.Arbitrary<Sample> => values.map((raw) => ({ raw, datum: datum(raw), json: json(raw) }))
const long = fc.oneof(fc.integer().map(BigInt), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
// A number of JSON that a test can compare.
const small = fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n })
const hex = (bytes: Buffer) => `\\x${bytes.toString('hex')}`
const bytesOf = (constraints: fc.IntArrayConstraints) => fc.uint8Array(constraints).map((b) => Buffer.from(b))

const scalars: readonly fc.Arbitrary<Case>[] = [
  one(
    'boolean',
    sample(
      fc.boolean(),
      (v) => v,
      (v) => v,
    ),
  ),
  one(
    'int',
    sample(
      fc.integer(),
      (v) => v,
      (v) => v,
    ),
  ),
  one('long', sample(small, normalizeInt, Number)),
  one(
    'double',
    sample(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0),
      (v) => v,
      (v) => v,
    ),
  ),
  one(
    'string',
    sample(
      text,
      (v) => v,
      (v) => v,
    ),
  ),
  one(
    'bytes',
    sample(bytesOf({ maxLength: 20 }), (v) => Uint8Array.from(v), hex),
  ),
  fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1 }).map((symbols) => ({
    schema: { type: 'enum', name: `E${names++}`, symbols },
    value: sample(
      fc.constantFrom(...symbols),
      (v) => v,
      (v) => v,
    ),
    scalar: true,
  })),
  fc.nat(9).map((size) => ({
    schema: { type: 'fixed', name: `F${names++}`, size },
    value: sample(bytesOf({ minLength: size, maxLength: size }), (v) => Uint8Array.from(v), hex),
    scalar: true,
  })),
]

function one(schema: unknown, value: fc.Arbitrary<Sample>): fc.Arbitrary<Case> {
  return fc.constant({ schema, value, scalar: true })
}

const nullSample: Sample = { raw: null, datum: null, json: null }

const { type } = fc.letrec<{ type: Case; nested: Case }>((tie) => ({
  type: fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...scalars, tie('nested')),
  nested: fc.oneof(
    fc.tuple(...[tie('type') as fc.Arbitrary<Case>]).map(([inner]): Case => {
      if (nullable(inner)) return inner
      const branch = (inner.schema as { name?: string }).name ?? typeName(inner.schema)
      const values = inner.value.map((v) => ({ ...v, raw: { [branch]: v.raw } }))
      return { schema: ['null', inner.schema], value: fc.oneof(fc.constant(nullSample), values), scalar: inner.scalar }
    }),
    (tie('type') as fc.Arbitrary<Case>).map(
      (items): Case => ({
        schema: { type: 'array', items: items.schema },
        value: fc.array(items.value, { maxLength: 5 }).map((list) => ({
          raw: list.map((v) => v.raw),
          datum: list.map((v) => v.datum),
          json: list.map((v) => v.json),
        })),
        scalar: false,
      }),
    ),
    (tie('type') as fc.Arbitrary<Case>).map(
      (values): Case => ({
        schema: { type: 'map', values: values.schema },
        value: fc
          .dictionary(
            text.filter((key) => key !== '__proto__'),
            values.value,
            { maxKeys: 4 },
          )
          .map((map) => ({
            raw: Object.fromEntries(Object.entries(map).map(([k, v]) => [k, v.raw])),
            datum: null,
            json: Object.fromEntries(Object.entries(map).map(([k, v]) => [k, v.json])),
          })),
        scalar: false,
      }),
    ),
    fc.array(tie('type') as fc.Arbitrary<Case>, { maxLength: 4 }).map(
      (fields): Case => ({
        schema: { type: 'record', name: `R${names++}`, fields: fields.map((f, i) => field(`f${i}`, f.schema)) },
        value: fc.tuple(...fields.map((f) => f.value)).map((values) => ({
          raw: Object.fromEntries(values.map((v, i) => [`f${i}`, v.raw])),
          datum: null,
          json: Object.fromEntries(values.map((v, i) => [`f${i}`, v.json])),
        })),
        scalar: false,
      }),
    ),
  ) as fc.Arbitrary<Case>,
}))

const nullable = (of: Case) => Array.isArray(of.schema)
const typeName = (schema: unknown) => (typeof schema === 'string' ? schema : (schema as { type: string }).type)
const isArrayOfScalars = (of: Case) => {
  const { schema } = of
  const bare = Array.isArray(schema) ? schema[1] : schema
  if (typeName(bare) !== 'array') return false
  const { items } = bare as { items: unknown }
  const item = Array.isArray(items) ? items[1] : items
  return !['record', 'map', 'array'].includes(typeName(item))
}

const rows = fc.array(type, { minLength: 1, maxLength: 6 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.tuple(...columns.map((c) => c.value)), { minLength: 1, maxLength: 5 }),
  }),
)

describe('a random schema and random values', () => {
  test('come out as another encoder put them in', () => {
    fc.assert(
      fc.property(rows, ({ columns, rows: samples }) => {
        const schema = record(...columns.map((c, i) => field(`c${i}`, c.schema)))
        const payloads = samples.map((row) =>
          encodeAvro(schema, Object.fromEntries(row.map((v, i) => [`c${i}`, v.raw]))),
        )
        const decoded = decodeAvro(schema, payloads)
        expect(decoded.reasons.filter((reason) => reason !== undefined)).toEqual([])
        for (const [i, row] of samples.entries()) {
          for (const [c, wanted] of row.entries()) {
            const found = decoded.rows[i][c]
            if (columns[c].scalar || isArrayOfScalars(columns[c])) expect(found).toEqual(wanted.datum)
            else expect(found === null ? null : JSON.parse(found as string)).toEqual(wanted.json)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('are read the same by a reader that reorders and drops fields', () => {
    fc.assert(
      fc.property(
        rows.chain((given) =>
          fc.record({
            given: fc.constant(given),
            kept: fc.shuffledSubarray(given.columns.map((_, i) => i)),
          }),
        ),
        ({ given: { columns, rows: samples }, kept }) => {
          const writer = record(...columns.map((c, i) => field(`c${i}`, c.schema)))
          const reader = record(
            ...kept.map((i) => field(`c${i}`, columns[i].schema)),
            field('extra', 'int', { default: 7 }),
          )
          const payloads = samples.map((row) =>
            encodeAvro(writer, Object.fromEntries(row.map((v, i) => [`c${i}`, v.raw]))),
          )
          const all = decodeAvro(writer, payloads).rows
          expect(decodeAvro(writer, payloads, { reader }).rows).toEqual(
            all.map((row) => [...kept.map((i) => row[i]), 7]),
          )
        },
      ),
      { numRuns: 200 },
    )
  })

  test('every 64-bit integer', () => {
    const schema = record(field('v', 'long'))
    fc.assert(
      fc.property(fc.array(long, { minLength: 1 }), (values) => {
        const payloads = values.map((v) => encodeAvro(schema, { v }))
        expect(decodeAvro(schema, payloads).rows).toEqual(values.map((v) => [normalizeInt(v)]))
      }),
    )
  })

  test('random bytes never throw and never leave half a row', () => {
    const schema = record(
      field('a', ['null', 'string']),
      field('b', { type: 'array', items: 'long' }),
      field('c', { type: 'map', values: { ...record(field('x', 'double')), name: 'X' } }),
    )
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1 }), (payloads) => {
        const { rows: found, reasons } = decodeAvro(schema, payloads)
        expect(found.length).toBe(reasons.filter((reason) => reason === undefined).length)
      }),
    )
  })
})
