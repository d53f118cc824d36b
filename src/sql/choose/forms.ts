import type { Logical } from '../../plan/logical.ts'
import type { Forms } from '../../plan/physical.ts'
import { hasForms } from '../../types/forms.ts'
import type { RowType } from '../../types/sql-type.ts'

interface Kept {
  readonly forms?: Forms
}

/** Whole rows are compared: whether equal ones may be written differently. */
export function rowForms(rowType: RowType): Kept {
  return rowType.some(({ type }) => hasForms(type)) ? { forms: true } : {}
}

/** Keys, and arguments of DISTINCT calls, of which one stands for all that are equal. */
export function aggregateForms({ keys, aggregates }: Extract<Logical, { kind: 'aggregate' }>): Kept {
  const compared = [...keys, ...aggregates.flatMap(({ distinct, args }) => (distinct ? args : []))]
  return compared.some(({ type }) => hasForms(type)) ? { forms: true } : {}
}
