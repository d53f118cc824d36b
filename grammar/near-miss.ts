// A hint for a misspelt keyword: the word at the error, or the one before it, is one typing slip from a word that
// statements are made of.

import type { SqlToken } from './token.ts'
import { Identifier } from './tokens.ts'

const common =
  'select insert update delete create alter drop table view materialized source sink index schema from where group order by having limit offset union intersect except values into set join left right full outer inner cross on using distinct case when then else end and or not null primary key references default check unique constraint begin commit rollback explain subscribe declare fetch close copy show cascade restrict temporary recursive lateral returning conflict envelope format include topic kafka connection watermark between like exists window partition over filter interval'.split(
    ' ',
  )

export function nearMiss(tokens: SqlToken[], position: number): string | undefined {
  const at = tokens.findIndex((t) => t.startOffset >= position)
  const end = at < 0 ? tokens.length : at
  for (const token of [tokens[end], tokens[end - 1], tokens[end - 2]]) {
    if (!token || token.tokenType !== Identifier || token.quoted || token.value.length < 3) continue
    const word = common.find((w) => oneSlip(token.value, w))
    if (word) return `Perhaps you meant "${word.toUpperCase()}" instead of "${token.image}".`
  }
  return undefined
}

/** One letter missing, added or changed, or two neighbours swapped. */
function oneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  const ra = a.slice(i)
  const rb = b.slice(i)
  if (ra.slice(1) === rb || rb.slice(1) === ra || ra.slice(1) === rb.slice(1)) return true
  return ra.length > 1 && ra[0] === rb[1] && ra[1] === rb[0] && ra.slice(2) === rb.slice(2)
}
