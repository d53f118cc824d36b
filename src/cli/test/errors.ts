import { renderMessage, type ServerMessage } from '../client/result.ts'
import type { ErrorExpectation } from './record.ts'

/** null when the error is the expected one; otherwise what is wrong. A pattern may name the SQLSTATE: `22012`. */
export function compareError(error: ServerMessage, expected: ErrorExpectation): string | null {
  const plain = renderMessage(error).replace('  ', ' ')
  const coded = renderMessage(error, true).replace('  ', ' ')
  if (expected.kind === 'text') {
    const lines = expected.text.split('\n').map((line) => line.trim().replace(/^db error: /, ''))
    const wanted = lines.filter((line) => line !== '')
    const have = `${plain}\n${coded}`.split('\n').map((line) => line.trim())
    return wanted.every((line) => have.includes(line)) ? null : `expected error:\n${expected.text}\ngot:\n${coded}`
  }
  if (expected.pattern === null) return null
  const pattern = toRegExp(expected.pattern)
  if (pattern.test(plain) || pattern.test(coded)) return null
  return `expected an error that matches: ${expected.pattern}\ngot: ${coded}`
}

/** Files are written for several regular expression engines; what is no pattern in this one is taken literally. */
function toRegExp(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 's')
  } catch {
    return new RegExp(pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  }
}
