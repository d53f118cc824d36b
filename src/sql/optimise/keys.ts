import type { Logical } from '../../plan/logical.ts'
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
      if (p.type !== 'inner') return null
      const left = keyOf(p.left, facts)
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
