/** Identifiers as SQL writes them. */

/** Words that quote_ident must quote though they look like identifiers: PostgreSQL's reserved ones. */
const RESERVED = new Set(
  'all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references returning right row select session_user setof similar smallint some substring symmetric table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable'.split(
    ' ',
  ),
)

export function quoteIdent(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/**
 * The parts of a dotted name where a value holds it (`'a.b'::regclass`): what is not quoted goes on to the next dot or blank,
 * whatever it is made of. Undefined when a part is empty.
 */
export function identifierParts(text: string): readonly string[] | undefined {
  const parts: string[] = []
  const part = /[ \t\n\r\f\v]*(?:"((?:[^"]|"")+)"|([^". \t\n\r\f\v][^. \t\n\r\f\v]*))[ \t\n\r\f\v]*(\.|$)/y
  for (;;) {
    const match = part.exec(text)
    if (match === null) return undefined
    parts.push(match[1] === undefined ? foldAscii(match[2]) : match[1].replaceAll('""', '"'))
    if (match[3] === '') return parts
  }
}

const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
