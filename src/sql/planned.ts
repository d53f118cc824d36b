import type { Notice } from '../base/sql-error.ts'
import type { CatalogSnapshot } from '../catalog/entry.ts'
import type { DdlPlan } from '../plan/ddl.ts'
import type { DmlPlan } from '../plan/dml.ts'
import type { Finishing, Logical } from '../plan/logical.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { RowType, SqlType } from '../types/sql-type.ts'
import type { OfMoment } from './bind/context.ts'
import type { Facts, Rule } from './optimise/rule.ts'

/** What planning a statement reads of the session; nothing is changed but by `notice`. */
export interface PlanningContext {
  /** The text that the statement's spans count in. */
  readonly sql: string
  readonly catalog: CatalogSnapshot
  readonly user: string
  readonly database: string
  readonly searchPath: readonly string[]
  /** The session's schema for temporary objects, whether it is there or not; absent: there can be none. */
  readonly temporarySchema?: string
  readonly timeZone: string
  /** extra_float_digits, where it is 0 or below. */
  readonly floatDigits?: number | undefined
  readonly nowMicros: number
  setting(name: string): string | undefined
  /** Types that the client gave for $1 …; null: to be inferred. */
  readonly paramTypes: readonly (SqlType | null)[]
  notice(notice: Notice): void
  /** What a relation holds now; null, or left out: nothing is known. */
  readonly statistics?: Facts['statistics']
  /** Other rules than this build's. */
  readonly rules?: readonly Rule[]
}

/** A statement as data: what the engine is asked to do. */
export type Planned = PlannedRead | PlannedWrite | PlannedDdl | PlannedSubscribe

export interface PlannedRead {
  readonly kind: 'read'
  readonly request: {
    readonly plan: PhysicalPlan
    readonly finishing: Finishing
    readonly fields: RowType
    readonly lookup: LookupPlan | null
  }
  readonly origins: readonly FieldOrigin[]
  readonly paramTypes: readonly SqlType[]
  /** Before and after the optimiser: for EXPLAIN. */
  readonly raw: Logical
  readonly optimised: Logical
  /** Every object read, views that were replaced by their queries included. */
  readonly reads: readonly number[]
  /** FOR UPDATE or FOR SHARE of one table by its whole primary key: the rows to lock. */
  readonly lock: { readonly table: number; readonly keys: readonly Scalar[] } | null
  readonly ofMoment?: OfMoment | undefined
}

/** A read answered by a primary key or an index alone. */
export interface LookupPlan {
  readonly object: number
  /** Columns of the key, in its order, and the values wanted (without input). */
  readonly columns: readonly number[]
  readonly keys: readonly Scalar[]
  /** Rest of the condition and the result, over the object's columns. */
  readonly residual: Scalar | null
  readonly project: readonly Scalar[]
}

export interface FieldOrigin {
  readonly tableOid: number
  readonly columnNumber: number
}

export interface PlannedWrite {
  readonly kind: 'write'
  readonly statement: DmlPlan
  readonly returning: RowType | null
  readonly paramTypes: readonly SqlType[]
  readonly ofMoment?: OfMoment | undefined
}

export interface PlannedDdl {
  readonly kind: 'ddl'
  /** null: nothing to do (IF EXISTS). */
  readonly statement: DdlPlan | null
  readonly paramTypes: readonly SqlType[]
}

export interface PlannedSubscribe {
  readonly kind: 'subscribe'
  readonly request: {
    readonly target:
      | { readonly kind: 'object'; readonly object: number }
      | { readonly kind: 'plan'; readonly plan: PhysicalPlan }
    readonly fields: RowType
    readonly snapshot: boolean
    readonly progress: boolean
    readonly asOf: number | null
    readonly asOfAtLeast: boolean
    readonly upTo: number | null
    /** SELECT … EMIT CHANGES: rows alone, at most so many; null: without end. */
    readonly push?: { readonly limit: number | null }
  }
  readonly paramTypes: readonly SqlType[]
  readonly ofMoment?: OfMoment | undefined
}
