import { canonicalJson } from '../../base/canonical-json.ts'
import type { PhysicalOp } from '../../plan/physical.ts'
import type { SqlType } from '../../types/sql-type.ts'

/** Constant rows with a text so long are not worth the text that would find equal ones. */
const LARGE_TEXT = 1 << 16

/** Equal for nodes that do the same. */
export function nodeKey(op: PhysicalOp, types: readonly SqlType[]): string | symbol {
  return holdsMuch(op) ? Symbol('alone') : canonicalJson([op, types])
}

const holdsMuch = (op: PhysicalOp): boolean =>
  op.op === 'constant' &&
  op.rows.some((row) => row.some((value) => typeof value === 'string' && value.length >= LARGE_TEXT))
