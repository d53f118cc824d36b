import type { Span } from '../../../grammar/ast-base.ts'

const SECRET = /password|user-info|secret|^ssl key$/i
/** user:password@ in an address. */
const USER_INFO = /\/\/[^/@'\s]+:[^/@'\s]+@/g

/** A statement's text with the values of secret options blotted out, place for place, so that spans still fit. */
export function withoutSecrets(sql: string, node: object): string {
  let text = sql
  for (const { start, end } of secretsIn(node)) {
    text = `${text.slice(0, start)}'${'*'.repeat(Math.max(0, end - start - 2))}'${text.slice(end)}`
  }
  return text
}

/** For the text that the catalog keeps: nothing is left of them, not even how long they were. */
export function blotted(sql: string): string {
  return sql.replace(/'\*+'/g, "'***'").replace(USER_INFO, '//***:***@')
}

function secretsIn(node: unknown): Span[] {
  if (typeof node !== 'object' || node === null) return []
  if (Array.isArray(node)) return node.flatMap(secretsIn)
  const { kind, name, value } = node as { kind?: unknown; name?: unknown; value?: { span: Span } }
  if (kind === 'option' && typeof name === 'string' && SECRET.test(name) && value !== undefined) return [value.span]
  return Object.values(node).flatMap(secretsIn)
}
