import type { Choices } from '../choices.ts'

/** Random JSON as text: few keys and few scalars, so that values often meet; white space and duplicate keys now and then. */
const KEYS = ['a', 'b', 'c', 'aa', '', 'A', '1', 'ä']

const NUMBERS = [
  '1', '0', '2', '-1', '1.0', '1.50', '2.5', '-0', '10', '1e2', '1.5E-3', '-2.75', '0.1', '100', '12345678901234567890',
  '0.000001', '1e25', '9223372036854775807', '2147483648', '3', '7.0', '-7.5',
] // biome-ignore format: as a list

const STRINGS = [
  '"a"', '"b"', '""', '"abc"', '"ABC"', '"1"', '"1.5"', '"ä€😀"', '"a\\"b\\\\c"', '"x\\ny\\tz"', '"\\u00e4"', '"null"', '"true"',
  '"2024-02-29"', '"12:34:56"', '"2024-02-29 12:34:56"', '"2024-02-29T12:34:56+02"', '"12:34:56.789+02:30"', '"\\u0001"', '"1e3"',
  '"\\/"', '"NaN"', '"infinity"', '" 1"',
] // biome-ignore format: as a list

export function scalarText(c: Choices): string {
  return c.production<string>([
    { name: 'number', weight: 5, make: () => c.one(NUMBERS) },
    { name: 'string', weight: 5, make: () => c.one(STRINGS) },
    { name: 'boolean', weight: 2, make: () => c.one(['true', 'false']) },
    { name: 'null', weight: 2, make: () => 'null' },
  ])
}

export function jsonText(c: Choices, depth = 3): string {
  if (depth === 0) return scalarText(c)
  const space = c.chance(8) ? c.one([' ', '\n', '\t']) : ''
  return c.production<string>([
    { name: 'scalar', weight: depth === 3 ? 2 : 5, make: () => scalarText(c) },
    {
      name: 'array',
      weight: 4,
      make: () => `[${space}${many(c, () => jsonText(c, depth - 1)).join(`,${space}`)}]${space}`,
    },
    {
      name: 'object',
      weight: 5,
      make: () => `{${many(c, () => `${key(c)}${space}:${jsonText(c, depth - 1)}`).join(`${space},`)}${space}}`,
    },
  ])
}

const key = (c: Choices): string => JSON.stringify(c.one(KEYS))

function many<T>(c: Choices, make: () => T): T[] {
  return Array.from({ length: c.below(5) }, make)
}

/** What is nearly JSON. */
export function brokenText(c: Choices): string {
  const text = [...jsonText(c, 2)]
  const at = c.below(text.length + 1)
  const inserted = c.one([
    '',
    '',
    ',',
    '"',
    '}',
    ']',
    '\\',
    '\\u',
    '\\u0000',
    '01',
    '-',
    'x',
    ':',
    '\u0007',
    'true',
    '\\ud800',
    '+',
    '.',
    'ä',
  ])
  return text.slice(0, at).join('') + inserted + text.slice(at + c.below(2)).join('')
}

export const quoted = (text: string): string =>
  text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`

/** A path of text[], some steps no integers, some NULL. */
export function pathText(c: Choices): string {
  const steps = many(c, () =>
    c.one(['a', 'b', 'c', 'aa', '0', '1', '-1', '2', '-3', '""', 'A', 'NULL', ' 1', '1x', '+1', '99999999999', '7']),
  )
  return `'{${steps.join(',')}}'`
}

export const keyText = (c: Choices): string => quoted(c.one(KEYS))
export const indexText = (c: Choices): string =>
  c.one(['0', '1', '-1', '2', '-2', '5', '-5', 'NULL', '2147483647', '(-2147483648)'])
