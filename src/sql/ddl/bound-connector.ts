import type { WithOption } from '../../../grammar/ast-base.ts'
import type { Encoding, Transport } from '../../../grammar/ast-table.ts'
import type { ColumnPlan, ConnectorPlan } from '../../plan/ddl.ts'
import type { Place } from '../bind/bind-error.ts'

/** What the clauses of a source or connected table come to, whichever dialect wrote them. */
export interface BoundConnector {
  readonly connector: ConnectorPlan
  /** All columns: declared ones, the one of a format without columns, metadata. Those that are inferred are not among them. */
  readonly columns: readonly ColumnPlan[]
  readonly upsertKey: readonly number[] | null
  readonly dependsOn: readonly number[]
}

export type Clauses = Encoding & Place & { readonly transport?: Transport; readonly with: readonly WithOption[] }
