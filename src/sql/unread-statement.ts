/**
 * Statements of PostgreSQL that the grammar does not read: their syntax is right, the feature is missing. Looked at only
 * when a text was rejected, by the words that it begins with.
 */
export interface Unread {
  readonly feature: string
  /** 0-based. */
  readonly position: number
  readonly hint?: string
}

const OBJECTS =
  '(?:event )?trigger|rule|aggregate|operator class|operator family|operator|cast|collation|conversion|policy|publication|subscription|' +
  'text search (?:configuration|dictionary|parser|template)|server|foreign data wrapper|foreign table|user mapping|statistics|' +
  'tablespace|language|transform|access method|group|role|user|domain|type|function|procedure|routine|extension|database|' +
  'default privileges|large object|system|owned'

const OPENINGS: readonly RegExp[] = [
  new RegExp(
    `^(create|alter|drop) (?:or replace |constraint |trusted |procedural |default (?=conversion))*(${OBJECTS})\\b`,
  ),
  /^(prepare|commit|rollback) (transaction|prepared)\b/,
  /^(copy) (binary)\b/,
  /^(reassign) (owned)\b/,
  /^(security) (label)\b/,
  /^(import) (foreign schema)\b/,
  /^(load)( )/,
]

/** What only ALTER TABLE … can do to a table, by its first word. */
const ACTIONS = /^(enable|disable|force|no|inherit|attach|detach|cluster|replica|of|not|validate|reset)\b/

const SPECIAL =
  /\b(xmltable|xmlelement|xmlforest|xmlparse|xmlpi|xmlroot|xmlserialize|xmlexists|treat|collation for)\s*\(/gi

export function unreadStatement(sql: string, at: number): Unread | undefined {
  const after = sql.lastIndexOf(';', at - 1) + 1
  const blank = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(sql.slice(after))![0].length
  const start = after + blank
  const text = sql.slice(start)
  const words = text.slice(0, 200).toLowerCase().replace(/\s+/g, ' ')
  for (const opening of OPENINGS) {
    const found = opening.exec(words)
    if (found !== null) return { feature: `${found[1]} ${found[2]}`.trim().toUpperCase(), position: start }
  }
  const rest = sql.slice(at).toLowerCase()
  if (/^(select|with)\b/.test(words) && /^into\b/.test(rest)) {
    return { feature: 'SELECT … INTO', position: at, hint: 'Write CREATE TABLE … AS SELECT ….' }
  }
  if (/^merge late\b/.test(words)) return mergeLate(rest, at)
  const action = words.startsWith('alter table ') ? ACTIONS.exec(rest) : null
  if (action !== null) return { feature: `ALTER TABLE … ${action[1].toUpperCase()}`, position: at }
  // The syntax error lies inside the parentheses of a call with a syntax of its own.
  const calls = [...sql.slice(start, at).matchAll(SPECIAL)]
  const call = calls.at(-1)
  return call && { feature: call[1].toUpperCase(), position: start + call.index }
}

/** What a SELECT of the late rows could say and MERGE LATE cannot. */
function mergeLate(rest: string, position: number): Unread | undefined {
  const hint = 'It is MERGE LATE INTO view FROM "source$late" [WHERE condition].'
  const clause = /^(limit|offset|order by|group by|using|join|fetch)\b/.exec(rest)
  if (clause !== null) return { feature: `${clause[1].toUpperCase()} in MERGE LATE`, position, hint }
  if (rest.startsWith('(')) return { feature: 'a subquery in MERGE LATE', position, hint }
  // A name where the statement could end.
  return /^(as\b|"|(?!where\b)[a-z_])/.test(rest) ? { feature: 'an alias in MERGE LATE', position, hint } : undefined
}
