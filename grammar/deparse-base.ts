// The words, names, types and options of printed statements.
import type { Expr, Query, Select } from './ast.ts'
import type { Ident, Name, OptionValue, TypeName, WithOption } from './ast-base.ts'
import type { Statement } from './ast-statement.ts'
import { is } from './retag.ts'
import { ColId, keywordTypes } from './tokens.ts'

/** The mutually recursive printers; each file gets the whole table. */
export type Printer = {
  expr(e: Expr): string
  /** In parentheses unless it is a name, a literal or a call. */
  operand(e: Expr): string
  query(q: Query): string
  statement(s: Statement): string
  select(s: Select): string
}

/** Joins the parts that are there. */
export function words(...parts: (string | false | undefined)[]): string {
  return parts.filter((p) => p !== undefined && p !== false && p !== '').join(' ')
}
export function commas(parts: string[]): string {
  return parts.join(', ')
}
export function parens(parts: string[]): string {
  return `(${parts.join(', ')})`
}
/** `word x` where x is there. */
export function clause(word: string, text: string | undefined | false): string | undefined {
  return text === undefined || text === false || text === '' ? undefined : `${word} ${text}`
}
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function name(n: string): string {
  return `"${n.replaceAll('"', '""')}"`
}
export function ident(i: Ident): string {
  // Whatever was quoted stays quoted. A word of the language that is no column name can only come from a label.
  const type = keywordTypes.get(i.name)
  return i.quoted || !/^[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*$/.test(i.name) || (type && !is(type, ColId))
    ? labelled(i)
    : i.name
}
function labelled(i: Ident): string {
  return i.quoted || !keywordTypes.has(i.name) ? name(i.name) : i.name
}
export function idents(list: Ident[]): string {
  return commas(list.map(ident))
}
export function dotted(parts: Ident[]): string {
  return parts.map(ident).join('.')
}
export function full(n: Name): string {
  return dotted(n.parts)
}

export function type(t: TypeName): string {
  const mods =
    t.typmods.length > 0
      ? parens(t.typmods.map((m) => (typeof m === 'number' ? String(m) : /^[a-z_]\w*$/.test(m) ? m : quote(m))))
      : ''
  const dims = t.arrayDims.map((d) => `[${d ?? ''}]`).join('')
  const setof = t.setof ? 'SETOF ' : ''
  let base = dotted(t.parts)
  if (t.fields)
    base = `STRUCT<${commas(t.fields.map((f) => `${ident(f.name)} ${type(f.type)}`))}>`.replaceAll('>>', '> >')
  else if (t.args) base = `${base}(${commas(t.args.map(type))})`
  else if (t.intervalFields) return `${setof}${base} ${t.intervalFields}${mods}${dims}`
  return `${setof}${base}${t.percentType ? '%TYPE' : ''}${mods}${dims}`
}

export function options(list: WithOption[]): string {
  return parens(list.map(option))
}
export function withOptions(list: WithOption[]): string | undefined {
  return list.length > 0 ? `WITH ${options(list)}` : undefined
}
export function option(o: WithOption): string {
  if (o.kind === 'rest') return '...'
  const label = o.quoted ? quote(o.name) : o.name
  return o.value ? `${label} = ${value(o.value)}` : label
}
export function value(v: OptionValue): string {
  switch (v.kind) {
    case 'optionString':
      return quote(v.value)
    case 'optionNumber':
      return v.text
    case 'optionWord':
      return v.quoted ? name(v.word) : v.word
    case 'optionInterval':
      return words('INTERVAL', quote(v.value), v.fields)
    case 'optionSecret':
      return `SECRET ${full(v.secret)}`
    case 'optionList':
      return parens(v.items.map(value))
    case 'optionMap':
      return `MAP[${commas(v.entries.map((e) => `${quote(e.key)} => ${value(e.value)}`))}]`
  }
}
