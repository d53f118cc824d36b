/**
 * One text for one piece of plain data: keys sorted, `undefined` left out, and a tagged form for what JSON lacks
 * (bigint, NaN, ±Infinity, -0, bytes). Equal data gives equal text, so the text can be compared and hashed.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(encode(value))
}

export function parseCanonicalJson(text: string): unknown {
  return decode(JSON.parse(text))
}

const TAG = '$'

function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { [TAG]: 'int', v: value.toString() }
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { [TAG]: 'num', v: numberText(value) }
  }
  if (value instanceof Uint8Array) return { [TAG]: 'bytes', v: Buffer.from(value).toString('hex') }
  if (Array.isArray(value)) return value.map((v) => encode(v === undefined ? null : v))
  if (value === null || typeof value !== 'object') return value
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort()) {
    const v = (value as Record<string, unknown>)[key]
    if (v !== undefined) out[key] = encode(v)
  }
  return out
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (value === null || typeof value !== 'object') return value
  const object = value as Record<string, unknown>
  if (TAG in object) {
    if (object[TAG] === 'int') return BigInt(object['v'] as string)
    if (object[TAG] === 'num') return object['v'] === '-0' ? -0 : Number(object['v'])
    if (object[TAG] === 'bytes') return new Uint8Array(Buffer.from(object['v'] as string, 'hex'))
  }
  return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, decode(v)]))
}

const numberText = (v: number): string => (Object.is(v, -0) ? '-0' : String(v))
