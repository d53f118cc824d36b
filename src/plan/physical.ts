import type { Forms } from '../types/forms.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import type { BoundTerm, OnTimeTest, ReleaseRule } from './bounds.ts'
import type { ClockRule } from './clock-rules.ts'
import type { DeltaStep } from './delta-paths.ts'
import type { Nearest, SortKey } from './logical.ts'
import type { Scalar } from './scalar.ts'
import type { WindowCall } from './window.ts'

/**
 * The physical plan of a view: a list of nodes in topological order, inputs by node number; plain serialisable data,
 * stored with the state that it lays out and rendered unchanged at start. `render/` alone turns nodes into operators.
 * State of node n is named `<object id>/<n>/<part>`.
 */
export interface PhysicalPlan {
  readonly formatVersion: 1
  readonly nodes: readonly PhysicalNode[]
  /** Node whose output is the result. */
  readonly root: number
  readonly types: readonly SqlType[]
  /** Hash of the canonical JSON of nodes: compared at start to see whether a newer planner would differ. */
  readonly fingerprint: string
}

export type PhysicalNode = PhysicalOp & {
  readonly types: readonly SqlType[]
  /** 0-based offset in the SQL text, -1 none. */
  readonly position: number
  /** No retraction ever reaches the output: cheaper operators. */
  readonly appendOnly: boolean
  /** How its state grows with input. */
  readonly growth: 'none' | 'bounded' | 'window-bounded' | 'unbounded'
  /** State that watermarks free. */
  readonly release?: readonly ReleaseRule[]
}

export type PhysicalOp =
  | {
      readonly op: 'get'
      readonly object: number
      readonly columns: readonly number[]
      /** Of another view's result that stands for an equal part of this plan: place of an error there → here; 1-based. */
      readonly errorPositions?: readonly (readonly [number, number])[]
      /** As such a part it has all errors of the other view, whatever that hands on to its readers. */
      readonly result?: boolean
    }
  | { readonly op: 'constant'; readonly rows: readonly Row[] }
  /** Filter, then computed columns; one fused loop. `exprs` see the input's columns. */
  | {
      readonly op: 'map'
      readonly input: number
      readonly filter: Scalar | null
      readonly exprs: readonly Scalar[]
      /** Input columns by which its errors name the records that a row comes from. */
      readonly places?: readonly RecordPlace[]
    }
  /**
   * The same where the expressions read the clock: rows come and go as time passes. `rules`: why and when; the i-th
   * conjunct of the filter can raise an error when `fallible[i]`.
   */
  | {
      readonly op: 'temporal'
      readonly input: number
      readonly filter: Scalar | null
      readonly exprs: readonly Scalar[]
      readonly rules: readonly ClockRule[]
      readonly fallible: readonly boolean[]
    }
  | {
      readonly op: 'flatMap'
      readonly input: number
      readonly fn: string
      readonly args: readonly Scalar[]
      readonly withOrdinality: boolean
      readonly outer: boolean
    }
  | { readonly op: 'union'; readonly inputs: readonly number[] }
  | { readonly op: 'negate'; readonly input: number }
  /**
   * Equi-join on key columns (NULLs never match unless nullSafe), `residual` over left then right columns. Without
   * keys: a cross join. `semi`/`anti`: columns left only. Inputs are arranged by their keys; equal arrangements of one
   * input are shared by node number and key (`render/`).
   */
  | {
      readonly op: 'join'
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'
      readonly left: number
      readonly right: number
      readonly leftKeys: readonly number[]
      readonly rightKeys: readonly number[]
      readonly nullSafe: boolean
      readonly residual: Scalar | null
    }
  /**
   * Inner join of three inputs or more by equal columns, without the results of two and two: a changed row of input i goes
   * `paths[i]`. Columns: those of the inputs, in order. NULLs never match.
   */
  | {
      readonly op: 'deltaJoin'
      readonly inputs: readonly number[]
      readonly paths: readonly (readonly DeltaStep[])[]
    }
  /** Each left row with the right row of its key that is nearest in time; `outer`: or with NULLs. */
  | {
      readonly op: 'asofJoin'
      readonly outer: boolean
      readonly left: number
      readonly right: number
      readonly leftKeys: readonly number[]
      readonly rightKeys: readonly number[]
      readonly nearest: Nearest
    }
  /** Each left row with the right rows of its key that are there in the tick in which it comes. */
  | {
      readonly op: 'lookupJoin'
      readonly outer: boolean
      readonly left: number
      readonly right: number
      readonly leftKeys: readonly number[]
      readonly rightKeys: readonly number[]
    }
  /**
   * Group by columns of the input; arguments, filters and order keys are columns too (computed by a map before).
   * `forms`, here and below: equal values may be written differently; the least form of those that are there is shown.
   */
  | {
      readonly op: 'aggregate'
      readonly input: number
      readonly keys: readonly number[]
      readonly aggregates: readonly PhysicalAggregate[]
      readonly forms?: Forms
    }
  | { readonly op: 'distinct'; readonly input: number; readonly forms?: Forms }
  | {
      readonly op: 'setOp'
      readonly type: 'intersect' | 'except'
      readonly all: boolean
      readonly left: number
      readonly right: number
      readonly forms?: Forms
    }
  | {
      readonly op: 'topK'
      readonly input: number
      readonly partition: readonly number[]
      readonly order: readonly SortKey[]
      readonly limit: number | null
      readonly offset: number
      readonly ties?: true
    }
  | {
      readonly op: 'rowNumber'
      readonly input: number
      readonly partition: readonly number[]
      readonly order: readonly SortKey[]
      readonly atMost: number | null
    }
  | {
      readonly op: 'window'
      readonly input: number
      readonly partition: readonly number[]
      readonly order: readonly SortKey[]
      readonly calls: readonly WindowCall[]
    }
  | { readonly op: 'atMostOne'; readonly input: number; readonly keys: readonly number[] }
  /** Each row that comes with now() of its tick, a timestamptz, as last column. */
  | { readonly op: 'arrival'; readonly input: number }
  /** Rows leave by the clock, a time after they last came. */
  | { readonly op: 'expire'; readonly input: number; readonly ttlMicros: number }
  /** Changes wait for the next multiple of a period. */
  | { readonly op: 'emitPeriodic'; readonly input: number; readonly everyMicros: number }
  /**
   * Of a relation's rows, each with its watermark, those that all tests take: what they would change is still open.
   * `columns`: of the input, those that go on; the tests count in them. `late`: the other rows instead.
   */
  | {
      readonly op: 'onTime'
      readonly input: number
      readonly relation: number
      readonly watermark: number
      readonly columns: readonly number[]
      readonly tests: readonly OnTimeTest[]
      readonly late: boolean
    }
  /** Rows leave once nothing below the bound changes any more and their value in `column` is below it. */
  | {
      readonly op: 'emitOnClose'
      readonly input: number
      readonly column: number
      readonly terms: readonly BoundTerm[]
    }
  /**
   * A nested scope. `imports`: outer nodes read inside; `body`: a plan of its own whose `import` and `variable` nodes
   * refer to them; variable v is fed by body node `results[v]`; the output is variable `output`'s fixpoint.
   */
  | {
      readonly op: 'scope'
      readonly imports: readonly number[]
      readonly body: readonly PhysicalNode[]
      readonly results: readonly number[]
      readonly output: number
      readonly limit: { readonly rounds: number; readonly onLimit: 'return' | 'error' } | null
    }
  | { readonly op: 'import'; readonly index: number }
  | { readonly op: 'variable'; readonly index: number }

/** Where a record of a source stands: columns that have it, null where the source does not include them. */
export interface RecordPlace {
  readonly source: string
  readonly partition: number | null
  readonly offset: number | null
}

export interface PhysicalAggregate {
  /** Id of an AggregateFunction. */
  readonly fn: string
  readonly args: readonly number[]
  readonly distinct: boolean
  /** Boolean column, or null. */
  readonly filter: number | null
  readonly order: readonly SortKey[]
  /** Of ordered-set aggregates, the direct arguments: constants, or one of `args`. */
  readonly direct?: readonly ({ readonly value: Datum } | { readonly arg: number })[]
  readonly type: SqlType
}
