import type { Logical } from '../../plan/logical.ts'
import { onlyReads } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjuncts } from '../../plan/scalar-walk.ts'
import { operatorOf } from '../function-facts.ts'
import type { Facts } from './rule.ts'

/** Columns that identify a row of the output, each row then having count 1; null when none are known. */
export function keyOf(p: Logical, facts: Facts): readonly number[] | null {
  switch (p.kind) {
    case 'get':
      return facts.primaryKey(p.object)
    case 'constant':
      return p.rows.length <= 1 ? [] : null
    case 'aggregate':
      return p.keys.map((_, i) => i)
    case 'distinct':
      return keyOf(p.input, facts) ?? p.rowType.map((_, i) => i)
    case 'filter':
    case 'arrival':
    case 'expire':
    case 'rowNumber':
    case 'window':
    case 'topK':
    case 'atMostOne':
      return keyOf(p.input, facts)
    case 'semiJoin':
      return keyOf(p.left, facts)
    case 'asofJoin':
      return p.nearest === null ? null : keyOf(p.left, facts)
    case 'let':
    case 'letRec':
      return keyOf(p.body, facts)
    case 'project': {
      const key = keyOf(p.input, facts)
      if (!key) return null
      const at = key.map((k) => p.exprs.findIndex((e) => e.kind === 'column' && e.index === k))
      return at.includes(-1) ? null : at
    }
    case 'join': {
      if (p.type !== 'inner' && p.type !== 'left') return null
      const left = keyOf(p.left, facts)
      // With one partner at most a row stays what it was.
      if (left && matchesOnce(p, facts)) return left
      if (p.type !== 'inner') return null
      const right = keyOf(p.right, facts)
      return left && right ? [...left, ...right.map((k) => k + p.left.rowType.length)] : null
    }
    case 'setOp':
      return p.all ? null : keyOf(p.left, facts)
    case 'ref':
    case 'unionAll':
    case 'flatMap':
      return null
  }
}

/** Whether each left row has one partner at most: equalities with the left side fix a key of the right side. */
export function matchesOnce(p: Extract<Logical, { kind: 'join' }>, facts: Facts): boolean {
  const key = keyOf(p.right, facts)
  if (key === null) return false
  const width = p.left.rowType.length
  const fixed = new Set(conjuncts(p.on).map((c) => fixedBy(c, width)))
  return key.every((c) => fixed.has(c + width))
}

/** The right column that an equality gives the value of something on the left. */
function fixedBy(c: Scalar, width: number): number | null {
  if (c.kind !== 'call' || c.args.length !== 2 || operatorOf(c.fn) !== '=') return null
  const [a, b] = c.args
  for (const [one, other] of [
    [a, b],
    [b, a],
  ]) {
    // A value of another type may equal several that differ in this one; texts of two lengths, too.
    if (one.kind !== 'column' || one.index < width || one.type.kind === 'bpchar') continue
    if (one.type.kind === other.type.kind && columnsOf(other).size > 0 && onlyReads(other, 0, width)) return one.index
  }
  return null
}
