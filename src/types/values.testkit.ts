import fc from 'fast-check'
import { shapedArray } from './array-value.ts'
import { compareLoose } from './datum.ts'
import { makeNumeric } from './numeric.ts'
import { makeMultirange, makeRange } from './range-make.ts'
import { multirangeOf, rangeOf } from './range-type.ts'
import { EMPTY_RANGE } from './range-value.ts'
import type { SqlType } from './sql-type.ts'
import * as T from './sql-type.ts'
import type { RangeValue, Value } from './value.ts'
import { normalizeInt } from './value.ts'

/** Random values of a type, in canonical form: for property tests only. */
export function datumOf(type: SqlType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean()
    case 'int2':
      return fc.integer({ min: -32768, max: 32767 })
    case 'int4':
      return fc.integer()
    case 'oid':
      return fc.nat()
    case 'int8':
      return fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(normalizeInt))
    case 'float4':
      return fc.float()
    case 'float8':
      return fc.double()
    case 'numeric':
      return fc.oneof(
        fc.tuple(fc.maxSafeInteger(), fc.nat(20)).map(([mantissa, scale]) => makeNumeric(mantissa, scale)),
        fc
          .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(40))
          .map(([m, scale]) => makeNumeric(m, scale)),
        fc.constantFrom(NaN, Infinity, -Infinity).map((mantissa) => ({ mantissa, scale: 0 })),
      )
    case 'bytea':
      return fc.uint8Array({ maxLength: 20 })
    case 'date':
      return fc.oneof(fc.integer({ min: -2_000_000, max: 2_000_000 }), fc.constantFrom(Infinity, -Infinity))
    case 'time':
      return fc.integer({ min: 0, max: 86_399_999_999 })
    case 'timestamp':
    case 'timestamptz':
      return fc.oneof(
        fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }).map((seconds) => seconds * 1_000_000 + 123_456),
        fc.bigInt({ min: -210_000_000_000_000_000n, max: 9_000_000_000_000_000_000n }).map(normalizeInt),
        fc.constantFrom(Infinity, -Infinity),
      )
    case 'interval':
      return fc.record(
        {
          months: fc.integer({ min: -2000, max: 2000 }),
          days: fc.integer({ min: -5000, max: 5000 }),
          micros: fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
        },
        { noNullPrototype: true },
      )
    case 'bit':
    case 'varbit':
      return fc.array(fc.constantFrom('0', '1'), { maxLength: 40 }).map((bits) => bits.join(''))
    case 'uuid':
      return fc.uuid()
    case 'json':
    case 'jsonb':
      return fc.constantFrom('null', '1', '"a"', '[]', '[1, "b"]', '{}', '{"a": 1.50}', '{"b": [true], "aa": null}')
    case 'range':
      return rangeArbitrary(type.element!)
    case 'multirange':
      return fc
        .array(rangeArbitrary(type.element!), { maxLength: 4 })
        .map((ranges) => makeMultirange(ranges, type.element!) as unknown as Value)
    case 'array':
      return fc.oneof(
        { weight: 3, arbitrary: fc.array(fc.option(datumOf(type.element!)), { maxLength: 4 }) },
        fc
          .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(1, 1, 0, -2, 5)), {
            minLength: 1,
            maxLength: 3,
          })
          .chain((shape) => {
            const dims = shape.map(([length]) => length)
            const count = dims.reduce((product, length) => product * length, 1)
            const items = fc.array(fc.option(datumOf(type.element!)), { minLength: count, maxLength: count })
            return items.map((list) => shapedArray(list, { dims, lower: shape.map(([, first]) => first) }))
          }),
      )
    default:
      return fc
        .string({ unit: 'grapheme', maxLength: 30 })
        .filter((text) => text.isWellFormed() && !text.includes('\0'))
  }
}

function rangeArbitrary(subtype: SqlType): fc.Arbitrary<RangeValue> {
  const end = fc.option(datumOf(subtype), { freq: 4 })
  return fc.tuple(end, end, fc.boolean(), fc.boolean()).map(([a, b, open, close]) => {
    const turned = a !== null && b !== null && compareLoose(a, b) > 0
    const [low, high] = turned ? [b, a] : [a, b]
    try {
      return makeRange(
        { value: low, inclusive: open, lower: true },
        { value: high, inclusive: close, lower: false },
        subtype,
      )
    } catch {
      // The value behind the last one.
      return EMPTY_RANGE
    }
  })
}

/** A type of every kind of column. */
export const someTypes: readonly SqlType[] = [
  T.BOOL,
  T.INT2,
  T.INT4,
  T.INT8,
  T.FLOAT4,
  T.FLOAT8,
  T.NUMERIC,
  T.TEXT,
  T.BYTEA,
  T.DATE,
  T.TIME,
  T.TIMESTAMP,
  T.TIMESTAMPTZ,
  T.INTERVAL,
  T.UUID,
  T.BIT,
  T.VARBIT,
  T.JSONB,
  T.arrayOf(T.INT4),
  T.arrayOf(T.NUMERIC),
  T.arrayOf(T.TEXT),
  rangeOf(T.INT4),
  rangeOf(T.NUMERIC),
  rangeOf(T.TIMESTAMPTZ),
  multirangeOf(T.DATE),
  multirangeOf(T.INT8),
]
