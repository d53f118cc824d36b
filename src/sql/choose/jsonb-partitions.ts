import type { Logical } from '../../plan/logical.ts'
import { extend, projectColumns } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'
import { TEXT } from '../../types/sql-type.ts'
import { sharedText, textsDiffer } from '../shared-text.ts'

/**
 * Partitions by jsonb and bpchar: equal values may differ in text (1.0 and 1.00, blanks at the end), by which partitions
 * are told apart. So they go by a text that equal values share, computed by a projection before and dropped again behind.
 */
export function jsonbPartitions(p: Logical): Logical {
  switch (p.kind) {
    case 'topK':
    case 'rowNumber':
    case 'window':
      return overKeys(p, p.partition, (partition, inner) => ({ ...p, partition, ...inner }))
    case 'atMostOne':
      return overKeys(p, p.keys, (keys, inner) => ({ ...p, keys, ...inner }))
    default:
      return p
  }
}

type Partitioned = Extract<Logical, { kind: 'topK' | 'rowNumber' | 'window' | 'atMostOne' }>

function overKeys(
  p: Partitioned,
  keys: readonly number[],
  make: (keys: readonly number[], inner: Pick<Partitioned, 'input' | 'rowType'>) => Logical,
): Logical {
  const { rowType } = p.input
  const loose = keys.filter((c) => textsDiffer(rowType[c].type))
  if (loose.length === 0) return p
  const input = extend(
    p.input,
    loose.map((c) => keyText(column(c, rowType[c].type))),
    loose.map((_, k) => `key${k}`),
  )
  const width = rowType.length
  const made = p.rowType.slice(width)
  const moved = keys.map((c) => (loose.includes(c) ? width + loose.indexOf(c) : c))
  const node = make(moved, { input, rowType: [...input.rowType, ...made] })
  return projectColumns(node, [...rowType.keys(), ...made.map((_, k) => input.rowType.length + k)])
}

function keyText(s: Scalar): Scalar {
  const key = sharedText(s)
  return key.type.kind === 'text' ? key : { kind: 'cast', arg: key, explicit: true, type: TEXT, position: -1 }
}
