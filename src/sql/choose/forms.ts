import type { Logical } from '../../plan/logical.ts'
import { type Forms, hasForms } from '../../types/forms.ts'
import type { SqlType } from '../../types/sql-type.ts'

interface Kept {
  readonly forms?: Forms
}

/** Whole rows are compared: whether equal ones may be written differently. */
export function rowForms({ rowType }: Pick<Logical, 'rowType'>, scope: object | null): Kept {
  return formsOf(
    rowType.map(({ type }) => type),
    scope,
  )
}

/** Keys, arguments of DISTINCT calls, and values that mode counts, of which one stands for all that are equal. */
export function aggregateForms(p: Extract<Logical, { kind: 'aggregate' }>, scope: object | null): Kept {
  const counted = p.aggregates.flatMap(({ fn, distinct, args, order }) =>
    distinct ? args : fn.startsWith('mode(') ? order.map(({ expr }) => expr) : [],
  )
  const compared = [...p.keys, ...counted]
  return formsOf(
    compared.map(({ type }) => type),
    scope,
  )
}

/** Inside a scope of recursion rows meet by their hashes, which tell jsonb by its text. */
function formsOf(types: readonly SqlType[], scope: object | null): Kept {
  const forms: Forms = scope ? 'withoutJsonb' : 'all'
  return types.some((type) => hasForms(type, forms)) ? { forms } : {}
}
