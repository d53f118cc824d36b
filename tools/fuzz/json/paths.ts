import type { Choices } from '../choices.ts'
import { jsonText, quoted } from './values.ts'

/** Random jsonpaths, and calls of the functions that take them. */
export function pathSql(c: Choices): string {
  const mode = c.one(['', '', 'strict ', 'lax '])
  const text = mode + (c.chance(30) ? predicate(c, 2) : value(c, 3))
  if (!c.chance(4)) return quoted(text)
  const at = c.below(text.length + 1)
  return quoted(
    text.slice(0, at) +
      c.one(['', '(', ')', '.', ' ', '@', '"', '\\', '12a', '&&', 'last', '[', '-', '$', ' x ', '?']) +
      text.slice(at + c.below(3)),
  )
}

const STEPS = [
  '.a', '.b', '."aa"', '.c', '.*', '[*]', '[0]', '[1]', '[last]', '[0 to 1]', '[1, 0]', '[-1]', '[last - 1]', '.**', '.**{1}', '.**{1 to 2}', '.**{last}',
  '.**{0 to last}', '.type()', '.size()', '.abs()', '.floor()', '.ceiling()', '.double()', '.keyvalue()', '.datetime()', '[5]', '["x"]', '[1.7]', '.keyvalue().key',
  '.keyvalue().value', '.""', '."ä"', '.type', '[$.a]', '[0 to last]', '.**{2 to last}.a', '.keyvalue().id',
] // biome-ignore format: as a list

function path(c: Choices, depth: number, inside: boolean): string {
  const head = inside && c.chance(75) ? '@' : '$'
  return head + steps(c, depth, 3)
}

function steps(c: Choices, depth: number, most: number): string {
  return Array.from({ length: c.below(most + 1) }, () =>
    depth > 0 && c.chance(25) ? ` ? (${predicate(c, depth - 1, true)})` : c.one(STEPS),
  ).join('')
}

function value(c: Choices, depth: number, inside = false): string {
  return c.production<string>([
    { name: 'path', weight: 12, make: () => path(c, depth, inside) },
    {
      name: 'constant',
      weight: 3,
      make: () =>
        c.one([
          '1',
          '2',
          '"a"',
          'null',
          'true',
          '1.50',
          '"abc"',
          '0',
          '-1',
          '1e1',
          '"2024-02-29"',
          '.5',
          '10000000000',
        ]),
    },
    { name: 'variable', weight: 1, make: () => c.one(['$x', '$y', '$"z"', '$x[*]', '$y.a', '$nope']) },
    {
      name: 'arithmetic',
      weight: depth > 0 ? 3 : 0,
      make: () =>
        `${operand(c, depth - 1, inside)} ${c.one(['+', '-', '*', '/', '%'])} ${operand(c, depth - 1, inside)}`,
    },
    { name: 'sign', weight: depth > 0 ? 1 : 0, make: () => c.one(['-', '+']) + operand(c, depth - 1, inside) },
    {
      name: 'group',
      weight: depth > 0 ? 1 : 0,
      make: () => `(${value(c, depth - 1, inside)})${steps(c, depth - 1, 2)}`,
    },
    {
      name: 'predicate and steps',
      weight: depth > 0 ? 1 : 0,
      make: () => `(${predicate(c, depth - 1, inside)})${c.one(['.type()', '[*]', '.a', ' ? (@ == true)'])}`,
    },
  ])
}

function operand(c: Choices, depth: number, inside: boolean): string {
  const text = value(c, Math.max(depth, 0), inside)
  return /^[$@\w".]/.test(text) && !/ [-+*/%] /.test(text) ? text : `(${text})`
}

function predicate(c: Choices, depth: number, inside = false): string {
  return c.production<string>([
    {
      name: 'comparison',
      weight: 8,
      make: () =>
        `${value(c, Math.min(depth, 1), inside)} ${c.one(['==', '!=', '<', '>', '<=', '>=', '<>'])} ${value(c, Math.min(depth, 1), inside)}`,
    },
    {
      name: 'both',
      weight: depth > 0 ? 2 : 0,
      make: () => `${predicate(c, depth - 1, inside)} ${c.one(['&&', '||'])} ${predicate(c, depth - 1, inside)}`,
    },
    { name: 'not', weight: depth > 0 ? 2 : 0, make: () => `!(${predicate(c, depth - 1, inside)})` },
    { name: 'is unknown', weight: depth > 0 ? 2 : 0, make: () => `(${predicate(c, depth - 1, inside)}) is unknown` },
    { name: 'exists', weight: 2, make: () => `exists(${path(c, depth, inside)})` },
    {
      name: 'starts with',
      weight: 2,
      make: () => `${path(c, depth, inside)} starts with ${c.one(['"a"', '"2"', '""', '$x'])}`,
    },
    {
      name: 'like_regex',
      weight: 2,
      make: () =>
        `${path(c, depth, inside)} like_regex ${c.one(['"^a"', '"b.*c"', '"."', '"A" flag "i"', '"a.c" flag "q"', '"^b$" flag "m"', '"x.y" flag "s"', '"[0-9]+"', '"(" flag "q"', '"("', '"a" flag "z"', '"a" flag "ix"'])}`,
    },
    {
      name: 'moments',
      weight: 1,
      make: () => {
        const text = (): string =>
          c.one([
            '"2024-02-29"',
            '"12:34:56"',
            '"2024-02-29 12:34:56"',
            '"2024-03-01T00:00:00"',
            '"12:34:57.5"',
            '$',
            '"2024-02-29 12:34:56+02"',
            '"12:34:56+01:30"',
          ])
        return `${text()}.datetime() ${c.one(['==', '<', '>='])} ${text()}.datetime()`
      },
    },
  ])
}

const VARIABLES = `'{"x": "a", "y": {"a": [1, 2]}, "z": 1.0}'`

export function pathCall(c: Choices): string {
  const json = `${quoted(jsonText(c))}::jsonb`
  const given = `${json}, ${pathSql(c)}`
  const more = c.one([
    '',
    '',
    `, ${VARIABLES}`,
    `, ${VARIABLES}, true`,
    `, ${VARIABLES}, true`,
    `, '{}', false`,
    `, '[1]'`,
    ', NULL',
  ])
  const tz = c.chance(20) ? '_tz' : ''
  return c.production<string>([
    { name: 'query', weight: 6, make: () => `SELECT * FROM jsonb_path_query${tz}(${given}${more})` },
    { name: 'query in the select list', weight: 1, make: () => `SELECT jsonb_path_query${tz}(${given}${more})` },
    { name: 'query array', weight: 4, make: () => `SELECT jsonb_path_query_array${tz}(${given}${more})` },
    { name: 'query first', weight: 2, make: () => `SELECT jsonb_path_query_first${tz}(${given}${more})` },
    { name: 'path exists', weight: 4, make: () => `SELECT jsonb_path_exists${tz}(${given}${more})` },
    { name: 'match', weight: 3, make: () => `SELECT jsonb_path_match${tz}(${given}${more})` },
    { name: 'path operator', weight: 3, make: () => `SELECT ${json} ${c.one(['@?', '@@'])} ${pathSql(c)}` },
    { name: 'path as text', weight: 3, make: () => `SELECT ${printable(pathSql(c))}::jsonpath` },
  ])
}

/** PostgreSQL prints these without the brackets that steps behind them need. */
const printable = (path: string): string =>
  /!|unknown|exists|like_regex|(?<!\? |\w)\(/.test(path) ? `'$.a ? (@.b > 1)[*]'` : path
