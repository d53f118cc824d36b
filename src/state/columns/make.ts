import { unreachable } from '../../base/assert.ts'
import { columnKindOf } from '../../types/column-kind.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { AnyStateColumn } from './any.ts'
import { F64StateColumn } from './f64.ts'
import { NumStateColumn } from './num.ts'
import type { StateColumn } from './state-column.ts'
import { StrStateColumn } from './str.ts'

export function makeStateColumn(type: SqlType): StateColumn {
  const kind = columnKindOf(type)
  switch (kind) {
    case 'f64':
    case 'i64':
      return new F64StateColumn(type)
    case 'num':
      return new NumStateColumn(type)
    case 'str':
      return new StrStateColumn(type)
    case 'any':
      return new AnyStateColumn(type)
    default:
      return unreachable(kind)
  }
}

/** Types whose equal values are always identical: no second comparison is needed. */
export function equalMeansIdentical(type: SqlType): boolean {
  const kind = columnKindOf(type)
  return kind === 'str' || (kind === 'f64' && type.kind !== 'float4' && type.kind !== 'float8')
}
