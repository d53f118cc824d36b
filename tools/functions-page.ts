/** `node tools/run.cjs tools/functions-page.ts`: writes docs/functions.md, the reference of functions, from their tables. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { AGGREGATES } from '../src/functions/aggregates.ts'
import { CAST_ROWS } from '../src/functions/cast-table.ts'
import { isPoly } from '../src/functions/define.ts'
import type { ArgType, ScalarFunction } from '../src/functions/function.ts'
import { procs, SCALARS } from '../src/functions/lookup.ts'
import { arithmeticFunctions } from '../src/functions/scalar/arithmetic.ts'
import { arrayFunctions } from '../src/functions/scalar/array.ts'
import { byteFunctions } from '../src/functions/scalar/bytes.ts'
import { bytesLikeFunctions } from '../src/functions/scalar/bytes-like.ts'
import { catalogFunctions } from '../src/functions/scalar/catalog.ts'
import { comparisonFunctions } from '../src/functions/scalar/comparison.ts'
import { dateMakeFunctions } from '../src/functions/scalar/date-make.ts'
import { datePartFunctions } from '../src/functions/scalar/date-parts.ts'
import { datetimeFunctions } from '../src/functions/scalar/datetime-ops.ts'
import { degreeFunctions } from '../src/functions/scalar/degrees.ts'
import { encodingFunctions } from '../src/functions/scalar/encoding.ts'
import { flinkFunctions } from '../src/functions/scalar/flink.ts'
import { intervalToCharFunctions } from '../src/functions/scalar/interval-to-char.ts'
import { likeFunctions } from '../src/functions/scalar/like.ts'
import { mathFunctions } from '../src/functions/scalar/math.ts'
import { overlapsFunctions } from '../src/functions/scalar/overlaps.ts'
import { parseIdentFunctions } from '../src/functions/scalar/parse-ident.ts'
import { patternOrderFunctions } from '../src/functions/scalar/pattern-order.ts'
import { regexFunctions } from '../src/functions/scalar/regex.ts'
import { regexMoreFunctions } from '../src/functions/scalar/regex-more.ts'
import { sequenceFunctions } from '../src/functions/scalar/sequence.ts'
import { similarFunctions } from '../src/functions/scalar/similar.ts'
import { sizeFunctions } from '../src/functions/scalar/sizes.ts'
import { systemFunctions } from '../src/functions/scalar/system.ts'
import { textFunctions } from '../src/functions/scalar/text.ts'
import { textFormatFunctions } from '../src/functions/scalar/text-format.ts'
import { toCharFunctions } from '../src/functions/scalar/to-char.ts'
import { toCharNumberFunctions } from '../src/functions/scalar/to-char-number.ts'
import { toDateFunctions } from '../src/functions/scalar/to-date.ts'
import { toNumberFunctions } from '../src/functions/scalar/to-number.ts'
import { windowBoundFunctions } from '../src/functions/scalar/window-bounds.ts'
import { formatType } from '../src/types/pg-type.ts'

type Rows = readonly ScalarFunction[]

const FAMILIES: readonly (readonly [title: string, rows: Rows])[] = [
  ['Comparison', comparisonFunctions],
  ['Numbers', [...arithmeticFunctions, ...mathFunctions, ...degreeFunctions]],
  ['Text', [...textFunctions, ...textFormatFunctions, ...parseIdentFunctions, ...patternOrderFunctions]],
  ['Patterns', [...likeFunctions, ...similarFunctions, ...regexFunctions, ...regexMoreFunctions]],
  ['Bytes and encodings', [...byteFunctions, ...bytesLikeFunctions, ...encodingFunctions]],
  [
    'Dates and times',
    [...datetimeFunctions, ...datePartFunctions, ...dateMakeFunctions, ...overlapsFunctions, ...windowBoundFunctions],
  ],
  [
    'Formatting',
    [
      ...toCharFunctions,
      ...toCharNumberFunctions,
      ...intervalToCharFunctions,
      ...toDateFunctions,
      ...toNumberFunctions,
      ...sizeFunctions,
    ],
  ],
  ['JSON', SCALARS.filter(({ id }) => /json/.test(id))],
  ['Arrays', arrayFunctions],
  ['Sequences', sequenceFunctions],
  ['Session and catalog', [...systemFunctions, ...catalogFunctions]],
  ['Of other systems', flinkFunctions],
]

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', '⏎')
const code = (text: string): string =>
  text === '' ? '(empty)' : text.includes('`') ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``
const typeText = (arg: ArgType): string => (isPoly(arg) ? arg.poly : formatType(arg))

function callText({ name, operator, args, variadic }: ScalarFunction): string {
  const types = args.map(typeText)
  if (operator !== undefined && types.length === 2) return `${types[0]} ${operator} ${types[1]}`
  if (operator !== undefined) return `${operator} ${types[0]}`
  return `${name}(${types.join(', ')}${variadic === true ? ', …' : ''})`
}

function resultText(fn: ScalarFunction): string {
  const proc = procs().find((each) => each.kind === 'f' && each.name === fn.name && each.args === fn.args)
  const returns = typeof fn.returns === 'function' ? proc?.returns : fn.returns
  return returns === undefined ? '' : typeText(returns)
}

/** What is not the rule: immutable, and NULL for NULL. */
function notes({ volatility, strict, oid }: ScalarFunction): string {
  const words = [
    ...(volatility === 'immutable' ? [] : [volatility]),
    ...(strict ? [] : ['takes NULLs']),
    ...(oid === 0 ? ['not in PostgreSQL'] : []),
  ]
  return words.join(', ')
}

function line(fn: ScalarFunction): string {
  const example =
    fn.example === undefined
      ? ''
      : `${code(fn.example.sql)} → ${fn.example.result === null ? 'NULL' : code(fn.example.result)}`
  return `| ${code(callText(fn))} | ${resultText(fn)} | ${notes(fn)} | ${example} |`
}

const HEAD = '| call | result | | example |\n| --- | --- | --- | --- |'
const byCall = (a: ScalarFunction, b: ScalarFunction): number => {
  const [x, y] = [callText(a), callText(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

function section(title: string, rows: Rows): string {
  return `## ${title}\n\n${HEAD}\n${[...rows].sort(byCall).map(line).join('\n')}\n`
}

function aggregates(): string {
  const lines = AGGREGATES.map(({ name, args, form, oid }) => {
    const types = args.map(typeText)
    const call =
      form === 'within' || form === 'hypothetical'
        ? `${name}(${types.slice(0, form === 'within' ? -1 : undefined).join(', ')}) WITHIN GROUP (ORDER BY …)`
        : `${name}(${types.length === 0 ? '*' : types.join(', ')})`
    return `| ${code(call)} | ${oid === 0 ? 'not in PostgreSQL' : ''} |`
  })
  return `## Aggregates\n\nWhat they keep and cost is told in [aggregates.md](aggregates.md).\n\n| call | |\n| --- | --- |\n${[...new Set(lines)].join('\n')}\n`
}

function sets(): string {
  const lines = procs()
    .filter(({ set }) => set)
    .map(
      ({ name, args, variadic, returns }) =>
        `| ${code(`${name}(${args.map(typeText).join(', ')}${variadic ? ', …' : ''})`)} | ${typeText(returns)} |`,
    )
  return `## Functions that give rows\n\n| call | of |\n| --- | --- |\n${[...new Set(lines)].join('\n')}\n`
}

function casts(): string {
  const lines = CAST_ROWS.map(
    ({ from, to, context }) => `| ${formatType({ kind: from })} | ${formatType({ kind: to })} | ${context} |`,
  )
  return `## Casts\n\nBeside these every type becomes text in an assignment, and text any type by \`CAST\` and \`::\`.\n\n| from | to | where |\n| --- | --- | --- |\n${lines.join('\n')}\n`
}

export function functionsPage(): string {
  const listed = new Set<ScalarFunction>()
  const sections = FAMILIES.map(([title, rows]) => {
    const fresh = rows.filter((row) => !listed.has(row))
    for (const row of fresh) listed.add(row)
    return section(title, fresh)
  })
  const others = SCALARS.filter((row) => !listed.has(row))
  return [
    '# Functions and operators\n',
    'Made from the tables of the server itself by `node tools/run.cjs tools/functions-page.ts`. Where nothing else is said, a function is',
    'immutable and gives NULL when an argument is NULL. `stable`: it reads the session (time zone, settings, catalog) or the clock;',
    '`volatile`: each call may differ, so views refuse it. Examples are tests, here and on a real PostgreSQL.\n',
    ...sections,
    section('Further functions', others),
    sets(),
    aggregates(),
    casts(),
  ].join('\n')
}

export const PAGE_FILE = resolve(import.meta.dirname, '../docs/functions.md')

if (import.meta.main) writeFileSync(PAGE_FILE, functionsPage())
