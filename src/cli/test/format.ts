/** How sqllogictest writes values. Rows come in as PostgreSQL's text forms. */
export type ResultMode = 'rowwise' | 'valuewise'
export type TextRow = readonly (string | null)[]

/** SQLite's conventions, by the column's letter: whole numbers, three decimals, text with what is unprintable as @. */
export function formatTyped(value: string | null, type: string): string {
  if (value === null) return 'NULL'
  switch (type) {
    case 'I':
      return formatInteger(value)
    case 'R': {
      const number = Number(asNumber(value))
      return Number.isNaN(number) ? '0.000' : number.toFixed(3)
    }
    default:
      return value === '' ? '(empty)' : value.replace(/[^\x20-\x7e]/g, '@')
  }
}

/** C's %d over SQLite's cast: the whole part of a number, 0 for other text. */
function formatInteger(value: string): string {
  const text = asNumber(value)
  if (/^[+-]?\d+$/.test(text)) return BigInt(text).toString()
  const number = Number(text)
  return Number.isFinite(number) ? String(Math.trunc(number)) : '0'
}

/** SQLite has no booleans: they are 1 and 0. */
function asNumber(value: string): string {
  if (value === 't') return '1'
  return value === 'f' ? '0' : value
}

/** PostgreSQL's text, as psql and RisingWave's files show it. */
export function formatPlain(value: string | null): string {
  if (value === null) return 'NULL'
  return value === '' ? '(empty)' : value
}

/** Whitespace runs count as one blank: files align their columns. */
export const normalizeLine = (line: string): string => line.trim().replace(/\s+/g, ' ')

/** Both sides have as many digits as a number is exact to. */
const DIGITS = 14

/** A line of RisingWave's files and ours as one: no zeros behind a fraction, 14 digits, the hours of a zone alone. */
export const valueForm = (line: string): string =>
  line
    .split(' ')
    .map((word) => {
      if (/^-?\d+\.\d+$/.test(word)) return String(Number(Number(word).toPrecision(DIGITS)))
      return word.replace(/^(\d\d:\d\d:\d\d)(\.\d*?)?0*(?=$|[+-])/, time).replace(/([+-]\d\d):00$/, '$1')
    })
    .join(' ')

const time = (_: string, clock: string, fraction = ''): string => clock + (fraction === '.' ? '' : fraction)
