// Flink's hint STATE_TTL, the one comment that means something. Hints of other names say how, not what, and stay comments.
import { GrammarError, syntaxError } from './errors.ts'

const hints = /\/\*\+([\s\S]*?)\*\//g
const stateTtl = /\bSTATE_TTL\s*\(([^)]*)\)/gi
const pair = /^\s*'((?:[^']|'')*)'\s*=\s*'((?:[^']|'')*)'\s*$/

/** What stands between SELECT and the next token, beginning at `offset`. */
export function stateTtlOf(gap: string, offset: number): { relation: string; ttl: string }[] | undefined {
  if (!gap.includes('/*+')) return undefined
  const found: { relation: string; ttl: string }[] = []
  for (const hint of gap.matchAll(hints)) {
    for (const call of hint[1].matchAll(stateTtl)) {
      for (const part of call[1].split(',')) {
        const match = pair.exec(part)
        if (!match) {
          const at = offset + hint.index + 3 + call.index
          throw new GrammarError(syntaxError, `STATE_TTL takes 'relation' = 'time to live'`, at)
        }
        found.push({ relation: match[1].replaceAll("''", "'"), ttl: match[2].replaceAll("''", "'") })
      }
    }
  }
  return found.length > 0 ? found : undefined
}
