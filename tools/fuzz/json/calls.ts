import type { Choices, Production } from '../choices.ts'
import { pathCall } from './paths.ts'
import { brokenText, indexText, jsonText, keyText, pathText, quoted, scalarText } from './values.ts'

/** One SELECT of a function or operator of JSON over random constants. */
export function randomCall(c: Choices): string {
  return c.chance(40) ? pathCall(c) : c.production(PRODUCTIONS(c))
}

const kind = (c: Choices): 'json' | 'jsonb' => (c.chance(70) ? 'jsonb' : 'json')
const jsonb = (c: Choices): string => (c.chance(2) ? 'NULL::jsonb' : `${quoted(jsonText(c))}::jsonb`)
const value = (c: Choices, k: string): string => (c.chance(2) ? `NULL::${k}` : `${quoted(jsonText(c))}::${k}`)
const flag = (c: Choices): string => c.one(['true', 'false', 'NULL'])
const keys = (c: Choices): string => `ARRAY[${[keyText(c), c.chance(10) ? 'NULL' : keyText(c)].join(', ')}]::text[]`
const prefixed = (c: Choices, name: string): string => {
  const k = kind(c)
  return `${k}_${name}(${value(c, k)})`
}
const ANY = [
  "'x'::text", '1', '1.50', 'NULL::int', 'true', "'NaN'::float8", '1e20::float8', "date '2024-02-29'", "timestamp '2024-02-29 12:00:00.5'",
  "timestamptz '2024-02-29 12:00:00+02'", "time '12:34:56'", "interval '1 day 2 hours'", 'ARRAY[1, NULL, 3]', "ARRAY['a', 'b\"c']", `'{"a": [1, 2.50]}'::jsonb`,
  `'{"b":  1, "a" :2}'::json`, "'\\x0102'::bytea", "'c7a7a0a0-1111-2222-3333-444455556666'::uuid", "'ab'::char(4)", "'q'::varchar", '0.1::float4', '2::int2',
  "'-infinity'::timestamp", "E'tab\\there'",
] // biome-ignore format: as a list

const any = (c: Choices): string => c.one(ANY)
const several = (c: Choices): string => Array.from({ length: c.below(5) }, () => any(c)).join(', ')
const texts = (c: Choices): string =>
  `'{${Array.from({ length: c.below(6) }, () => c.one(['a', 'b', '1', 'NULL', '"x y"', '""'])).join(',')}}'::text[]`

const PRODUCTIONS = (c: Choices): Production<string>[] => [
  {
    name: 'access by key',
    weight: 4,
    make: () => {
      const k = kind(c)
      return `SELECT ${value(c, k)} ${c.one(['->', '->>'])} ${c.chance(50) ? keyText(c) : indexText(c)}`
    },
  },
  {
    name: 'access by path',
    weight: 4,
    make: () => {
      const k = kind(c)
      return `SELECT ${value(c, k)} ${c.one(['#>', '#>>'])} ${pathText(c)}`
    },
  },
  { name: 'contains', weight: 5, make: () => `SELECT ${jsonb(c)} ${c.one(['@>', '<@'])} ${jsonb(c)}` },
  {
    name: 'contains a part',
    weight: 3,
    make: () => {
      const part = jsonText(c, 1)
      const whole = c.one([`[${part}]`, `{"a": ${part}}`, part, `[1, ${part}, "a"]`])
      return `SELECT ${quoted(whole)}::jsonb @> ${quoted(c.one([part, `[${part}]`, `{"a": ${part}}`]))}::jsonb`
    },
  },
  { name: 'exists', weight: 2, make: () => `SELECT ${jsonb(c)} ? ${keyText(c)}` },
  { name: 'exists any, all', weight: 2, make: () => `SELECT ${jsonb(c)} ${c.one(['?|', '?&'])} ${keys(c)}` },
  { name: 'concatenate', weight: 4, make: () => `SELECT ${jsonb(c)} || ${jsonb(c)}` },
  {
    name: 'remove',
    weight: 4,
    make: () => `SELECT ${jsonb(c)} - ${c.one([keyText(c), `${keyText(c)}::text`, indexText(c), keys(c)])}`,
  },
  { name: 'remove a path', weight: 4, make: () => `SELECT ${jsonb(c)} #- ${pathText(c)}` },
  {
    name: 'compare',
    weight: 5,
    make: () => `SELECT ${jsonb(c)} ${c.one(['=', '<', '>', '<>', '<=', '>='])} ${jsonb(c)}`,
  },
  {
    name: 'set',
    weight: 5,
    make: () => `SELECT jsonb_set(${jsonb(c)}, ${pathText(c)}, ${jsonb(c)}${c.one(['', ', true', ', false'])})`,
  },
  {
    name: 'insert',
    weight: 5,
    make: () => `SELECT jsonb_insert(${jsonb(c)}, ${pathText(c)}, ${jsonb(c)}${c.one(['', ', true', ', false'])})`,
  },
  {
    name: 'set, lax',
    weight: 3,
    make: () => {
      const treatment = c.one([
        '',
        `, ${flag(c)}`,
        `, ${flag(c)}, '${c.one(['raise_exception', 'use_json_null', 'delete_key', 'return_target', 'other'])}'`,
        ', true, NULL',
      ])
      return `SELECT jsonb_set_lax(${jsonb(c)}, ${pathText(c)}, ${c.one([jsonb(c), 'NULL'])}${treatment})`
    },
  },
  {
    name: 'of one value',
    weight: 5,
    make: () => `SELECT ${prefixed(c, c.one(['typeof', 'array_length', 'strip_nulls']))}`,
  },
  { name: 'pretty', weight: 2, make: () => `SELECT jsonb_pretty(${jsonb(c)})` },
  {
    name: 'rows',
    weight: 5,
    make: () =>
      `SELECT * FROM ${prefixed(c, c.one(['array_elements', 'array_elements_text', 'each', 'each_text', 'object_keys']))}`,
  },
  {
    name: 'rows in the select list',
    weight: 2,
    make: () => `SELECT ${prefixed(c, c.one(['array_elements', 'array_elements_text', 'object_keys']))}`,
  },
  {
    name: 'extract path',
    weight: 3,
    make: () => {
      const k = kind(c)
      const steps = Array.from({ length: c.below(4) }, () => c.one(["'a'", "'b'", "'0'", "'1'", 'NULL', "'-1'", "''"]))
      return `SELECT ${k}_extract_path${c.one(['', '_text'])}(${[value(c, k), ...steps].join(', ')})`
    },
  },
  {
    name: 'subscript',
    weight: 3,
    make: () =>
      `SELECT (${jsonb(c)})${Array.from({ length: 1 + c.below(3) }, () => `[${c.one(["'a'", "'b'", '0', '1', '-1', "'1'", "''", 'NULL'])}]`).join('')}`,
  },
  { name: 'to json', weight: 3, make: () => `SELECT to_${kind(c)}(${any(c)})` },
  { name: 'build object', weight: 3, make: () => `SELECT ${kind(c)}_build_object(${several(c)})` },
  { name: 'build array', weight: 3, make: () => `SELECT ${kind(c)}_build_array(${several(c)})` },
  {
    name: 'array to json',
    weight: 2,
    make: () =>
      `SELECT array_to_json(${c.one(['ARRAY[1, NULL, 3]', "ARRAY['a', 'b']", "ARRAY['1 day'::interval]", `ARRAY['{"a": 1}'::jsonb]`, "'{}'::int[]"])}${c.one(['', ', true', ', false'])})`,
  },
  {
    name: 'object of texts',
    weight: 3,
    make: () => `SELECT ${kind(c)}_object(${texts(c)}${c.chance(50) ? `, ${texts(c)}` : ''})`,
  },
  { name: 'read', weight: 6, make: () => `SELECT ${quoted(c.chance(70) ? brokenText(c) : jsonText(c))}::${kind(c)}` },
  {
    name: 'convert',
    weight: 3,
    make: () =>
      `SELECT (${quoted(c.chance(80) ? scalarText(c) : jsonText(c, 1))}::jsonb)::${c.one(['int', 'bigint', 'smallint', 'numeric', 'float8', 'float4', 'boolean', 'text', 'json', 'varchar(3)'])}`,
  },
  {
    name: 'aggregate',
    weight: 3,
    make: () => {
      const items = Array.from({ length: c.below(4) }, () => `(${c.below(3)}, ${any(c)}::text, ${jsonb(c)})`)
      const from =
        items.length === 0
          ? 'FROM (SELECT 1, NULL::text, NULL::jsonb WHERE false) t(k, x, j)'
          : `FROM (VALUES ${items.join(', ')}) t(k, x, j)`
      const what = c.one([
        'json_agg(x ORDER BY k, x, j)', 'jsonb_agg(j ORDER BY k, x, j)', 'json_object_agg(k, x ORDER BY k, x, j)', 'jsonb_object_agg(k, j ORDER BY k, x, j)',
        'jsonb_object_agg(x, k ORDER BY k, x, j)', 'jsonb_agg(DISTINCT j)', 'json_agg(j ORDER BY j, x, k)', 'max(j::text)',
        'json_agg(k ORDER BY k) FILTER (WHERE k > 1)',
      ]) // biome-ignore format: as a list
      return `SELECT ${what} ${from}`
    },
  },
  {
    name: 'order',
    weight: 2,
    make: () =>
      `SELECT DISTINCT j FROM (VALUES ${Array.from({ length: 2 + c.below(5) }, () => `(${jsonb(c)})`).join(', ')}) t(j) ORDER BY j`,
  },
]
