import { SqlError } from '../../base/sql-error.ts'

/** The texts of the fields of `(1,"a b",)`, as PostgreSQL reads them: nothing between commas is NULL, quotes and backslashes quote. */
export function recordFields(text: string, count: number): (string | null)[] {
  const malformed = (detail: string) =>
    new SqlError('22P02', `malformed record literal: "${text}"`, { detail: `${detail}.` })
  let at = 0
  while (isBlank(text[at])) at++
  if (text[at] !== '(') throw malformed('Missing left parenthesis')
  at++
  const fields: (string | null)[] = []
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      if (text[at] !== ',') throw malformed('Too few columns')
      at++
    }
    if (text[at] === ',' || text[at] === ')') {
      fields.push(null)
      continue
    }
    let field = ''
    let quoted = false
    for (; quoted || (text[at] !== ',' && text[at] !== ')'); at++) {
      const c = text[at]
      if (c === undefined) throw malformed('Unexpected end of input')
      if (c === '\\') {
        const next = text[++at]
        if (next === undefined) throw malformed('Unexpected end of input')
        field += next
      } else if (c !== '"') field += c
      else if (quoted && text[at + 1] === '"') {
        field += '"'
        at++
      } else quoted = !quoted
    }
    fields.push(field)
  }
  if (text[at] !== ')') throw malformed('Too many columns')
  at++
  while (isBlank(text[at])) at++
  if (at < text.length) throw malformed('Junk after right parenthesis')
  return fields
}

const isBlank = (c: string | undefined): boolean => c !== undefined && /\s/.test(c)
