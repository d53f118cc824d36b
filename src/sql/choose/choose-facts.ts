import type { RecordPlace } from '../../plan/physical.ts'

/** What choosing knows of the catalog. */
export interface ChooseFacts {
  /** Whether the relation only ever grows. */
  appendOnly(object: number): boolean
  /** Columns of a source that say which record a row is; absent: nobody knows. */
  places?(object: number): RecordPlace | null
  /** Whether the relation's rows have a time to live. */
  mortal?(object: number): boolean
  /** The result is kept up to date (a view, a subscription): what reads the clock follows it. */
  readonly maintained?: boolean
}
