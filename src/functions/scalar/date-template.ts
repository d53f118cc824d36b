/** Templates of to_date and to_timestamp as a list of nodes; patterns are told apart by case as PostgreSQL's table has them. */
export type Node =
  | { readonly kind: 'pattern'; readonly name: string; readonly fillMode: boolean; readonly ordinal: boolean }
  | { readonly kind: 'separator' | 'space' | 'text'; readonly character: string }

const PARTS =
  'A.D. A.M. AD AM B.C. BC CC DAY DDD DD DY D FF1 FF2 FF3 FF4 FF5 FF6 FX HH24 HH12 HH IDDD ID IW IYYY IYY IY I J MI MM MONTH MON MS OF P.M. PM Q RM SSSSS SSSS SS TZH TZM TZ US WW W Y,YYY YYYY YYY YY Y'.split(
    ' ',
  )
const NAMES = [...PARTS, 'Month', 'Mon', 'Day', 'Dy', ...PARTS.map((part) => part.toLowerCase())].sort(
  (a, b) => b.length - a.length,
)

/** Printable and neither letter nor digit. */
export const isSeparator = (character: string): boolean => /^[!-/:-@[-`{-~]/.test(character)
export const isBlank = (character: string): boolean => /^[ \t\n\v\f\r]/.test(character)

export function templateNodes(template: string): readonly Node[] {
  const nodes: Node[] = []
  for (let at = 0; at < template.length; ) {
    const prefix = /^(?:FM|fm|TM|tm)/.exec(template.slice(at, at + 2))?.[0] ?? ''
    const rest = template.slice(at + prefix.length)
    const name = NAMES.find((each) => rest.startsWith(each))
    if (name !== undefined) {
      const suffix = /^(?:TH|th|SP)/.exec(rest.slice(name.length))?.[0] ?? ''
      nodes.push({ kind: 'pattern', name, fillMode: /fm/i.test(prefix), ordinal: /th/i.test(suffix) })
      at += prefix.length + name.length + suffix.length
    } else if (prefix !== '') at += prefix.length
    else if (template[at] === '"') at = quoted(template, at + 1, nodes)
    else {
      if (template[at] === '\\' && template[at + 1] === '"') at++
      const character = String.fromCodePoint(template.codePointAt(at)!)
      nodes.push({ kind: isSeparator(character) ? 'separator' : isBlank(character) ? 'space' : 'text', character })
      at += character.length
    }
  }
  return nodes
}

function quoted(template: string, from: number, nodes: Node[]): number {
  let at = from
  while (at < template.length && template[at] !== '"') {
    if (template[at] === '\\' && at + 1 < template.length) at++
    const character = String.fromCodePoint(template.codePointAt(at)!)
    nodes.push({ kind: 'text', character })
    at += character.length
  }
  return at + 1
}

const DIGITS =
  /^(?:CC|D{1,3}|FF[1-6]|HH(?:12|24)?|ID|IDDD|IW|IY{0,3}|J|MI|MM|MS|Q|S{2}|S{4,5}|TZM|US|WW?|Y,YYY|Y{1,4})$/i

/** What stands behind a number cannot go on with digits: the number is as long as it is. */
export function endsNumber(nodes: readonly Node[], at: number): boolean {
  const node = nodes[at]
  if (node.kind === 'pattern' && node.ordinal) return true
  const next = nodes[at + 1]
  if (next === undefined) return true
  return next.kind === 'pattern' ? !DIGITS.test(next.name) : !/^[0-9]$/.test(next.character)
}
