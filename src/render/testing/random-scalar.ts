import fc from 'fast-check'
import type { Scalar } from '../../plan/scalar.ts'
import { BOOL, FLOAT8, INT4, NUMERIC, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'

export type Gen = fc.GeneratorValue

/** Few values, that meet often; one representation each. */
export const VALUES: Readonly<Record<string, readonly Datum[]>> = {
  int4: [null, 0, 1, 2, 3, -1, 2147483647],
  int8: [null, 0, 1, 5],
  text: [null, '', 'a', 'b', 'longer than a word'],
  float8: [null, 0, 1.5, 0.1, -0.1, 1e100, -1e100, 1e-300, 1.7e308, Number.NaN, Number.POSITIVE_INFINITY],
  numeric: [
    null,
    { mantissa: 0, scale: 0 },
    { mantissa: 15, scale: 1 },
    { mantissa: -225, scale: 2 },
    { mantissa: 10n ** 20n, scale: 0 },
  ],
  bool: [null, true, false],
}

export function pickFrom<T>(g: Gen, items: readonly T[]): T {
  return items[g(fc.nat, { max: items.length - 1 })]
}
export function anyDatum(g: Gen, type: SqlType): Datum {
  return pickFrom(g, VALUES[type.kind] ?? [null])
}

const call = (fn: string, args: readonly Scalar[], type: SqlType): Scalar => ({
  kind: 'call',
  fn,
  args,
  type,
  position: 7,
})

/** An arm of a CASE. */
export function arm(when: Scalar, value: Scalar): { when: Scalar; then: Scalar } {
  return Object.fromEntries([
    ['when', when],
    ['then', value],
  ]) as { when: Scalar; then: Scalar }
}

/** A random expression of a type over columns of `types`; depth bounds its size. */
export function anyScalar(g: Gen, type: SqlType, types: readonly SqlType[], depth: number): Scalar {
  const columns = types.flatMap((t, index) => (t.kind === type.kind ? [{ kind: 'column', index, type } as const] : []))
  const leaf = (): Scalar =>
    columns.length > 0 && g(fc.nat, { max: 3 }) > 0
      ? pickFrom(g, columns)
      : { kind: 'const', value: anyDatum(g, type), type }
  if (depth === 0) return leaf()
  const sub = (of: SqlType) => anyScalar(g, of, types, depth - 1)
  const choice = g(fc.nat, { max: 9 })
  if (choice === 0) return leaf()
  if (choice === 1) {
    return { kind: 'case', arms: [arm(sub(BOOL), sub(type))], otherwise: sub(type), type }
  }
  if (choice === 2) return { kind: 'coalesce', args: [sub(type), sub(type)], type }
  switch (type.kind) {
    case 'int4':
      return call(`int4${pickFrom(g, ['pl', 'mi', 'mul', 'div'])}(int4,int4)`, [sub(INT4), sub(INT4)], INT4)
    case 'float8':
      return call(`float8${pickFrom(g, ['pl', 'mul', 'div'])}(float8,float8)`, [sub(FLOAT8), sub(FLOAT8)], FLOAT8)
    case 'bool':
      return anyCondition(g, types, depth)
    default:
      return leaf()
  }
}

export function anyCondition(g: Gen, types: readonly SqlType[], depth: number): Scalar {
  const sub = (of: SqlType) => anyScalar(g, of, types, depth - 1)
  const compare = (of: SqlType) => {
    const name = of.kind === 'text' || of.kind === 'numeric' ? `${of.kind}_` : of.kind
    const fn = pickFrom(g, ['lt', 'le', 'gt'])
    return call(`${name}${fn}(${of.kind},${of.kind})`, [sub(of), sub(of)], BOOL)
  }
  switch (g(fc.nat, { max: 6 })) {
    case 0:
      return { kind: 'and', args: [sub(BOOL), sub(BOOL)], type: BOOL }
    case 1:
      return { kind: 'or', args: [sub(BOOL), sub(BOOL)], type: BOOL }
    case 2:
      return { kind: 'not', arg: sub(BOOL), type: BOOL }
    case 3:
      return { kind: 'isNull', arg: sub(pickFrom(g, [INT4, TEXT, FLOAT8])), negated: g(fc.boolean), type: BOOL }
    case 4: {
      const of = pickFrom(g, [INT4, TEXT, FLOAT8, NUMERIC])
      return { kind: 'distinctFrom', left: sub(of), right: sub(of), negated: g(fc.boolean), type: BOOL }
    }
    case 5:
      return { kind: 'inList', arg: sub(INT4), values: [1, 2, ...(g(fc.boolean) ? [null] : [])], type: BOOL }
    default:
      return compare(pickFrom(g, [INT4, INT4, TEXT, FLOAT8, NUMERIC]))
  }
}
