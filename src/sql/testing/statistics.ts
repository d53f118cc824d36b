import type { Catalog } from '../../catalog/catalog.ts'
import type { RelationStatistics } from '../optimise/rule.ts'

/** Rows of the goldens' relations, and values of their columns; orders is a stream. */
const SIZES: Readonly<Record<string, { readonly rows: number; readonly distinct: readonly number[] }>> = {
  accounts: { rows: 1_000, distinct: [1_000, 900, 5] },
  edges: { rows: 500_000, distinct: [50_000, 50_000] },
  s: { rows: 20_000, distinct: [2_000, 100] },
  revenue: { rows: 100, distinct: [100, 10, 10, 10] },
  days: { rows: 300, distinct: [300, 10] },
}

/** Facts of relations that hold so much. */
export const statisticsOf =
  (catalog: Catalog) =>
  (object: number): RelationStatistics | null => {
    const size = SIZES[catalog.byId(object)?.name ?? '']
    return size ? { rows: size.rows, distinct: (c) => size.distinct[c] ?? 1, sample: [] } : null
  }
