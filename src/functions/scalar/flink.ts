import { SqlError } from '../../base/sql-error.ts'
import { civilFromDays, dayOfWeek, daysFromCivil, splitMicros } from '../../types/calendar.ts'
import { utcToLocal, zoneByName } from '../../types/time-zone.ts'
import type { Datum } from '../../types/value.ts'
import { def, defEnv } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { compileRegex } from '../regex/regex.ts'
import { isoWeek } from './date-parts.ts'
import { DAYS, MONTHS } from './to-char.ts'

/** Functions of Flink that PostgreSQL has under other names, with Flink's answers: counted from 0, NULL where nothing is. */

/** Days since 1970 and microseconds of the day, as a clock on the wall shows them. */
interface Local {
  readonly days: number
  readonly micros: number
}

type Read = (value: number | bigint, env: EvalEnv) => Local | null

const finite = (value: number | bigint): boolean => value !== Infinity && value !== -Infinity

const READ = {
  timestamp: (value) => (finite(value) ? splitMicros(value) : null),
  timestamptz: (value, env) => (finite(value) ? splitMicros(utcToLocal(value, zoneByName(env.timeZone))) : null),
  date: (value) => (finite(value) ? { days: Number(value), micros: 0 } : null),
} as const satisfies Record<string, Read>

const dayOfYear = (days: number): number => days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1
const hourOf = ({ micros }: Local): number => Math.floor(micros / 3.6e9)
const minuteOf = ({ micros }: Local): number => Math.floor(micros / 6e7) % 60
const secondOf = ({ micros }: Local): number => Math.floor(micros / 1e6) % 60

const OF_DAY: Readonly<Record<string, (at: Local) => number>> = {
  year: ({ days }) => civilFromDays(days).year,
  quarter: ({ days }) => Math.ceil(civilFromDays(days).month / 3),
  month: ({ days }) => civilFromDays(days).month,
  week: ({ days }) => isoWeek(days).week,
  dayofyear: ({ days }) => dayOfYear(days),
  dayofmonth: ({ days }) => civilFromDays(days).day,
  dayofweek: ({ days }) => dayOfWeek(days) + 1,
}
const OF_TIME: Readonly<Record<string, (at: Local) => number>> = { hour: hourOf, minute: minuteOf, second: secondOf }

/** What each part is of 2024-03-05 14:05:06, a Tuesday. */
const EXAMPLES: Readonly<Record<string, string>> = {
  year: '2024',
  quarter: '1',
  month: '3',
  week: '10',
  dayofyear: '65',
  dayofmonth: '5',
  dayofweek: '3',
  hour: '14',
  minute: '5',
  second: '6',
}

/** One run of a letter of Java's DateTimeFormatter. */
function javaPart(at: Local, letter: string, length: number): string {
  const { year, month, day } = civilFromDays(at.days)
  const number = (value: number): string => String(value).padStart(length, '0')
  const name = (names: readonly string[], i: number): string => (length > 3 ? names[i] : names[i].slice(0, 3))
  switch (letter) {
    case 'y':
    case 'u':
      return length === 2 ? String(Math.abs(year) % 100).padStart(2, '0') : number(year)
    case 'M':
    case 'L':
      return length > 2 ? name(MONTHS, month - 1) : number(month)
    case 'Q':
      return number(Math.ceil(month / 3))
    case 'D':
      return number(dayOfYear(at.days))
    case 'd':
      return number(day)
    case 'E':
      return name(DAYS, dayOfWeek(at.days))
    case 'a':
      return hourOf(at) < 12 ? 'AM' : 'PM'
    case 'H':
      return number(hourOf(at))
    case 'k':
      return number(hourOf(at) || 24)
    case 'K':
      return number(hourOf(at) % 12)
    case 'h':
      return number(hourOf(at) % 12 || 12)
    case 'm':
      return number(minuteOf(at))
    case 's':
      return number(secondOf(at))
    case 'S':
      return `${String(at.micros % 1e6).padStart(6, '0')}000`.slice(0, length)
    default:
      throw new SqlError('22023', `DATE_FORMAT has no pattern letter "${letter}"`, {
        hint: "Text goes between apostrophes, as 'T'; to_char takes PostgreSQL's patterns.",
      })
  }
}

/** `yyyy-MM-dd'T'HH:mm:ss`: runs of letters are parts, text stands between apostrophes, two of them are one. */
const javaFormat = (at: Local, pattern: string): string =>
  pattern.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (run, text: string | undefined, letter: string) => {
    if (text === undefined) return javaPart(at, letter, run.length)
    return text === '' ? "'" : text.replaceAll("''", "'")
  })

/** One group of the first match, 0 for all of it; NULL without a match or such a group. */
function extract(text: string, pattern: string, group = 0): string | null {
  return compileRegex(pattern).exec(text)?.group(group) ?? null
}

/** Parts are counted from 0; nothing has no parts. An empty separator stands for blanks. */
function splitIndex(text: string, separator: string, index: number): string | null {
  if (text === '') return null
  const parts = separator === '' ? text.split(/\s/) : text.split(separator)
  return parts[index] ?? null
}

const UNITS: Readonly<Record<number, number>> = { 0: 1e6, 3: 1e3 }

/** Seconds (precision 0) or milliseconds (3) since 1970. */
function instant(since: number | bigint, precision: number): Datum {
  const unit = UNITS[precision]
  if (unit === undefined) throw new SqlError('22023', `TO_TIMESTAMP_LTZ takes precision 0 or 3, not ${precision}`)
  const micros = Number(since) * unit
  if (!Number.isSafeInteger(micros)) throw new SqlError('22008', 'timestamp out of range')
  return micros
}

const calls = (
  names: Readonly<Record<string, (at: Local) => number>>,
  kinds: readonly (keyof typeof READ)[],
): ScalarFunction[] =>
  Object.entries(names).flatMap(([name, part]) =>
    kinds.map((kind) =>
      defEnv(
        `${name}(${kind}) int8`,
        ([value], env): Datum => {
          const at = READ[kind](value as number | bigint, env)
          return at === null ? null : part(at)
        },
        {
          volatility: kind === 'timestamptz' ? 'stable' : 'immutable',
          example: [`${name}('2024-03-05 14:05:06'::${kind})`, EXAMPLES[name]],
        },
      ),
    ),
  )

export const flinkFunctions: readonly ScalarFunction[] = [
  ...calls(OF_DAY, ['timestamp', 'timestamptz', 'date']),
  ...calls(OF_TIME, ['timestamp', 'timestamptz']),
  ...(['timestamp', 'timestamptz', 'date'] as const).map((kind) =>
    defEnv(
      `date_format(${kind},text) text`,
      ([value, pattern], env): Datum => {
        const at = READ[kind](value as number | bigint, env)
        return at === null ? null : javaFormat(at, pattern as string)
      },
      {
        fallible: true,
        volatility: kind === 'timestamptz' ? 'stable' : 'immutable',
        example: [
          `date_format('2024-03-05 14:05:06.789'::${kind}, 'E d MMMM yyyy ''o''''clock''')`,
          "Tue 5 March 2024 o'clock",
        ],
      },
    ),
  ),
  def('regexp_extract(text,text) text', extract, {
    fallible: true,
    example: ["regexp_extract('foothebar', 'the.')", 'theb'],
  }),
  def('regexp_extract(text,text,int4) text', extract, {
    fallible: true,
    example: ["regexp_extract('foothebar', 'foo(.*?)(bar)', 2)", 'bar'],
  }),
  def('to_timestamp_ltz(int8,int4) timestamptz', instant, {
    fallible: true,
    example: ['to_timestamp_ltz(1709647506789, 3)', '2024-03-05 14:05:06.789+00'],
  }),
  def('split_index(text,text,int4) text', splitIndex, { example: ["split_index('a/b/c', '/', 1)", 'b'] }),
]
