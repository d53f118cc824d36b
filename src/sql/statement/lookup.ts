import type { CatalogSnapshot, TableEntry } from '../../catalog/entry.ts'
import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import {
  column,
  columnsOf,
  conjunction,
  conjuncts,
  constant,
  isTrue,
  substituteColumns,
} from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { isVolatile, operatorOf } from '../function-facts.ts'
import type { LookupPlan } from '../planned.ts'

/** Equalities of a condition that fix every column of a key. */
export interface KeyMatch {
  readonly keys: readonly Scalar[]
  readonly residual: Scalar | null
}

/**
 * A plan that is one relation, filtered and projected, whose filter fixes every column of its primary key or of an
 * index: it is answered without a circuit. Undefined for every other plan.
 */
export function findLookup(plan: Logical, catalog: CatalogSnapshot): LookupPlan | null {
  const project = plan.kind === 'project' ? plan : null
  const below = project ? project.input : plan
  const filter = below.kind === 'filter' ? below : null
  if (!filter) return null
  // Pruning leaves a projection of columns between filter and relation.
  const columns = filter.input.kind === 'project' ? filter.input : null
  const get = columns ? columns.input : filter.input
  if (get.kind !== 'get' || (columns && !columns.exprs.every((e) => e.kind === 'column'))) return null
  const toObject = (s: Scalar): Scalar => (columns ? substituteColumns(s, columns.exprs) : s)
  const predicate = toObject(filter.predicate)
  const types = objectTypes(catalog, get.object)
  if (!types) return null
  for (const key of keysOf(catalog, get.object)) {
    const match = matchKey(predicate, key, types)
    if (!match) continue
    const exprs = (project?.exprs ?? filter.rowType.map((f, i) => column(i, f.type))).map(toObject)
    // The watermark that a row came with is not where its key is.
    const reads = [...exprs, ...(match.residual ? [match.residual] : [])]
    if (reads.some((s) => [...columnsOf(s)].some((c) => c >= types.length))) continue
    return {
      object: get.object,
      columns: key,
      keys: match.keys,
      residual: match.residual,
      project: exprs,
    }
  }
  return null
}

function objectTypes(catalog: CatalogSnapshot, object: number): readonly SqlType[] | null {
  const entry = catalog.byId(object)
  if (entry?.kind === 'table') return entry.columns.map((c) => c.type)
  return entry?.kind === 'materializedView' ? entry.rowType.map((f) => f.type) : null
}

function keysOf(catalog: CatalogSnapshot, object: number): (readonly number[])[] {
  const entry = catalog.byId(object)
  const keys: (readonly number[])[] = []
  if (entry?.kind === 'table' && entry.primaryKey) keys.push(entry.primaryKey)
  for (const id of catalog.dependants(object)) {
    const index = catalog.byId(id)
    if (index?.kind === 'index' && index.on === object) keys.push(index.columns)
  }
  return keys
}

export const primaryKeyMatch = (predicate: Scalar, table: TableEntry): KeyMatch | undefined =>
  table.primaryKey
    ? matchKey(
        predicate,
        table.primaryKey,
        table.columns.map((c) => c.type),
      )
    : undefined

function matchKey(predicate: Scalar, key: readonly number[], types: readonly SqlType[]): KeyMatch | undefined {
  const rest = [...conjuncts(predicate)]
  const keys: Scalar[] = []
  for (const c of key) {
    let value: Scalar | undefined
    const at = rest.findIndex((r) => {
      value = equalTo(r, c, types[c])
      return value !== undefined
    })
    if (at < 0 || !value) return undefined
    const fits = value.type.kind === types[c].kind && value.type.length === types[c].length
    // Cut to the length of the column a longer text finds what it is not equal to: the condition stays.
    if (types[c].kind === 'bpchar' && !fits) keys.push(fitted(value, types[c]))
    else {
      keys.push(value)
      rest.splice(at, 1)
    }
  }
  const residual = conjunction(rest)
  return { keys, residual: isTrue(residual) ? null : residual }
}

/** What column `c` must equal by this condition: an expression without columns, of the column's own type. */
function equalTo(s: Scalar, c: number, type: SqlType): Scalar | undefined {
  // Keys compare texts, and equal values of these may differ in theirs.
  if (type.kind === 'jsonb' || (type.kind === 'bpchar' && type.length === undefined)) return undefined
  if (s.kind !== 'call' || s.args.length !== 2 || operatorOf(s.fn) !== '=') return undefined
  const [a, b] = s.args
  const value = a.kind === 'column' && a.index === c ? b : b.kind === 'column' && b.index === c ? a : undefined
  if (!value || columnsOf(value).size > 0 || isVolatile(value)) return undefined
  if (value.type.kind === type.kind) return value
  // A wider integer constant that fits is the same key.
  const range = INTEGER_MAX[type.kind]
  if (range === undefined || INTEGER_MAX[value.type.kind] === undefined || value.kind !== 'const') return undefined
  return typeof value.value === 'number' && Math.abs(value.value) <= range ? constant(value.value, type) : undefined
}

const fitted = (value: Scalar, type: SqlType): Scalar => ({
  kind: 'cast',
  arg: value,
  explicit: true,
  type,
  position: -1,
})

const INTEGER_MAX: Readonly<Record<string, number>> = { int2: 32767, int4: 2147483647, int8: Number.MAX_SAFE_INTEGER }
