import type { Scalar } from '../plan/scalar.ts'
import { type SqlType, TEXT } from '../types/sql-type.ts'

/** Types of which equal values may differ in text: jsonb by zeros behind the point, bpchar by blanks at the end. */
export const textsDiffer = (type: SqlType): boolean =>
  type.kind === 'jsonb' || (type.kind === 'bpchar' && type.length === undefined)

/** What equal values share, as text; other types are left as they are. */
export function sharedText(s: Scalar): Scalar {
  switch (s.type.kind) {
    case 'jsonb':
      return { kind: 'call', fn: 'jsonb_key(jsonb)', args: [s], type: s.type, position: -1 }
    case 'bpchar':
      return { kind: 'cast', arg: s, explicit: false, type: TEXT, position: -1 }
    default:
      return s
  }
}
