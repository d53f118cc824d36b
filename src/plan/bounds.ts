import type { Scalar } from './scalar.ts'

/**
 * A lower bound of what may still change: no row whose value in a column is below `bound`, over the watermark of the
 * relation as column 0, is inserted or retracted any more. Several terms: the lowest of them.
 */
export interface BoundTerm {
  readonly object: number
  readonly bound: Scalar
}

/** State rows with a value below the bound in this column can meet nothing any more: they may go. */
export interface ReleaseRule {
  /** Which of the node's state: that of its only input, or of one side of a join. */
  readonly of: 'input' | 'left' | 'right'
  /** The column is the time of rows in sessions: they go by session, when its end is below the bound. */
  readonly sessions?: true
  /** The column orders the rows of partitions: they go when no row that can still change, or come, looks back at them. */
  readonly ordered?: true
  /** Columns up to which rows look back, and how far back those that still come do. */
  readonly reaches?: readonly BoundedColumn[]
  /** Of the state: group keys of an aggregate, else columns of the input. */
  readonly column: number
  readonly terms: readonly BoundTerm[]
  /** Where an outer join made the column NULL: others of the row, which may go once any of them is below its bound. */
  readonly others?: readonly BoundedColumn[]
  /** Some rows stay: those in which all of these are NULL, or as many of each partition as are looked back at. */
  readonly partial?: true
}

export interface BoundedColumn {
  readonly column: number
  readonly terms: readonly BoundTerm[]
}

/** The columns by which a rule frees rows. */
export const columnsFreed = ({ column, terms, others = [] }: ReleaseRule): readonly BoundedColumn[] => [
  { column, terms },
  ...others,
]

/**
 * What a row must not be below to count where time closes something: in `column`, one of the bounds, which are over the
 * watermark that the row carries as column 0.
 */
export interface OnTimeTest {
  readonly column: number
  readonly bounds: readonly Scalar[]
  /** State is kept so far below, for rows that are merged later; absent: down to the bounds. */
  readonly held?: readonly Scalar[]
  /** The bound is the best there is. */
  readonly tight: boolean
}
