import { notSupported, SqlError } from '../../base/sql-error.ts'
import { type Moment, momentOf } from './moment.ts'

/** `.datetime("template")`: to_timestamp's templates in the strict form of the SQL standard, of numbers and separators. */
type Field =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'half'
  | 'minute'
  | 'second'
  | 'micros'
  | 'zoneHour'
  | 'zoneMinute'

type Piece =
  | { readonly kind: 'field'; readonly field: Field; readonly width: number; readonly name: string }
  | { readonly kind: 'separator'; readonly char: string }
  | { readonly kind: 'any' }

const WORDS: readonly (readonly [name: string, field: Field, width: number])[] = [
  ['YYYY', 'year', 4],
  ['MM', 'month', 2],
  ['DD', 'day', 2],
  ['HH24', 'hour', 2],
  ['HH12', 'hour12', 2],
  ['HH', 'hour12', 2],
  ['MI', 'minute', 2],
  ['SS', 'second', 2],
  ['MS', 'micros', 3],
  ['US', 'micros', 6],
  ['FF1', 'micros', 1],
  ['FF2', 'micros', 2],
  ['FF3', 'micros', 3],
  ['FF4', 'micros', 4],
  ['FF5', 'micros', 5],
  ['FF6', 'micros', 6],
  ['TZH', 'zoneHour', 2],
  ['TZM', 'zoneMinute', 2],
  ['AM', 'half', 2],
  ['PM', 'half', 2],
]

const bad = (message: string): SqlError => new SqlError('22007', message)

function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < template.length; ) {
    const rest = template.slice(at)
    const word = WORDS.find(([name]) => rest.slice(0, name.length).toUpperCase() === name)
    if (word !== undefined) {
      const [name, field, width] = word
      pieces.push({ kind: 'field', field, width, name })
      at += name.length
    } else if (rest[0] === '"') {
      const end = template.indexOf('"', at + 1)
      if (end < 0) throw notSupported('an open quotation mark in a datetime template')
      for (const _ of template.slice(at + 1, end)) pieces.push({ kind: 'any' })
      at = end + 1
    } else if (/[-./,':; ]/.test(rest[0])) {
      pieces.push({ kind: 'separator', char: rest[0] })
      at++
    } else if (/[A-Za-z]/.test(rest[0])) {
      throw notSupported(`"${(/^[A-Za-z0-9]+/.exec(rest) as RegExpExecArray)[0]}" in a datetime template of a jsonpath`)
    } else throw bad(`invalid datetime format separator: "${rest[0]}"`)
  }
  return pieces
}

/** Throws PostgreSQL's errors: 22007 for a text of another form, 22008 for what is out of range. */
export function parseTemplate(text: string, template: string): Moment {
  const pieces = piecesOf(template)
  const found = new Map<Field, number>()
  let sign = 1
  let at = 0
  pieces.forEach((piece, i) => {
    if (at >= text.length) throw bad('input string is too short for datetime format')
    if (piece.kind === 'any') at += [...text.slice(at)][0].length
    else if (piece.kind === 'separator') {
      if (text[at] !== piece.char) throw bad(`unmatched format separator "${piece.char}"`)
      at++
    } else if (piece.field === 'half') {
      const half = /^[ap]m/i.exec(text.slice(at))
      if (half === null) throw bad(`invalid value "${text.slice(at, at + 2)}" for "${piece.name}"`)
      found.set('half', /^p/i.test(half[0]) ? 1 : 0)
      at += 2
    } else {
      if (piece.field === 'zoneHour' && /[+\- ]/.test(text[at])) sign = text[at++] === '-' ? -1 : 1
      const next = pieces[i + 1]
      const open = next === undefined || next.kind !== 'field' || next.field === 'zoneHour' || next.field === 'half'
      const digits = new RegExp(open ? '^\\s*\\d+' : `^\\s*\\d{1,${piece.width}}`).exec(text.slice(at))
      if (digits === null) {
        throw new SqlError('22007', `invalid value "${text.slice(at, at + piece.width)}" for "${piece.name}"`, {
          detail: 'Value must be an integer.',
        })
      }
      at += digits[0].length
      const plain = digits[0].trim()
      found.set(piece.field, piece.field === 'micros' ? Number(plain.slice(0, 6).padEnd(6, '0')) : Number(plain))
    }
  })
  if (at < text.length) throw bad('trailing characters remain in input string after datetime format')
  return fromFields(found, sign, text)
}

const DATED: readonly Field[] = ['year', 'month', 'day']
const TIMED: readonly Field[] = ['hour', 'hour12', 'half', 'minute', 'second', 'micros']

function fromFields(found: ReadonlyMap<Field, number>, sign: number, text: string): Moment {
  const get = (field: Field, otherwise = 0): number => found.get(field) ?? otherwise
  const dated = DATED.some((field) => found.has(field))
  const timed = TIMED.some((field) => found.has(field))
  const zoned = found.has('zoneHour') || found.has('zoneMinute')
  if (!dated && !timed) throw bad('datetime format is not dated and not timed')
  if (zoned && !timed) throw bad('datetime format is zoned but not timed')
  const twelve = get('hour12')
  const hour = found.has('hour12') ? (twelve % 12) + 12 * get('half') : get('hour')
  const zone = sign * (get('zoneHour') * 3600 + get('zoneMinute') * 60)
  const moment =
    found.has('hour12') && (twelve < 1 || twelve > 12)
      ? undefined
      : momentOf({
          ...(dated && { date: [get('year', 1), get('month', 1), get('day', 1)] as const }),
          ...(timed && { time: [hour, get('minute'), get('second'), get('micros')] as const }),
          ...(zoned && { zone }),
        })
  if (moment === undefined) throw new SqlError('22008', `date/time field value out of range: "${text}"`)
  return moment
}
