/** What an slt file says, one record after the other. */
export interface Place {
  readonly file: string
  readonly line: number
}

export interface Condition {
  readonly kind: 'skipif' | 'onlyif'
  readonly label: string
}

export type SortMode = 'nosort' | 'rowsort' | 'valuesort'

/** How often a record that fails is tried again. */
export interface Retry {
  readonly times: number
  readonly backoffMs: number
}

/** Matches the rendered error. `pattern` null: any error will do. */
export type ErrorExpectation =
  | { readonly kind: 'pattern'; readonly pattern: string | null }
  | { readonly kind: 'text'; readonly text: string }

interface Common {
  readonly place: Place
  readonly conditions: readonly Condition[]
  /** null: the default connection. */
  readonly connection: string | null
  readonly retry: Retry | null
}

export interface StatementRecord extends Common {
  readonly kind: 'statement'
  readonly sql: string
  readonly expect:
    | { readonly kind: 'ok' }
    | { readonly kind: 'count'; readonly count: number }
    | { readonly kind: 'error'; readonly error: ErrorExpectation }
}

export interface QueryRecord extends Common {
  readonly kind: 'query'
  readonly sql: string
  /** One letter a column: I, R, T … */
  readonly types: string
  /** null: the mode set by `control sortmode`. */
  readonly sort: SortMode | null
  readonly label: string | null
  readonly expect:
    | { readonly kind: 'rows'; readonly lines: readonly string[] }
    | { readonly kind: 'error'; readonly error: ErrorExpectation }
}

/** `let a, b` + query: its one row becomes the variables. */
export interface LetRecord extends Common {
  readonly kind: 'let'
  readonly names: readonly string[]
  readonly sql: string
}

export interface RefusedRecord extends Common {
  readonly kind: 'refused'
  readonly reason: string
}

export interface ControlRecord {
  readonly kind: 'control'
  readonly place: Place
  readonly setting:
    | { readonly name: 'sortmode'; readonly value: SortMode }
    | { readonly name: 'resultmode'; readonly value: 'rowwise' | 'valuewise' }
    | { readonly name: 'substitution'; readonly value: boolean }
}

export interface SleepRecord {
  readonly kind: 'sleep'
  readonly place: Place
  readonly conditions: readonly Condition[]
  readonly ms: number
}

export interface HaltRecord {
  readonly kind: 'halt'
  readonly place: Place
  readonly conditions: readonly Condition[]
}

export interface IncludeRecord {
  readonly kind: 'include'
  readonly place: Place
  readonly pattern: string
}

/** `clock +5m`, `clock 2026-01-01 00:00`: moves the server's clock, stopping it first; `watermark t +1m`: a watermark. */
export interface ClockRecord extends Common {
  readonly kind: 'clock'
  readonly sql: string
}

/** `crash`: killed and started again; `restart`: stopped in order and started again. */
export interface LifeRecord extends Common {
  readonly kind: 'life'
  readonly how: 'crash' | 'restart'
}

/** `subscribe NAME what`: `expect NAME` then tells the changes since. */
export interface SubscribeRecord extends Common {
  readonly kind: 'subscribe'
  readonly name: string
  readonly sql: string
}

/** `expect NAME` and lines `+ 1 a`, `- 1 b`, in any order. */
export interface ExpectRecord extends Common {
  readonly kind: 'expect'
  readonly name: string
  readonly lines: readonly string[]
}

/** Records that run something on the server: these are counted. */
export type CountedRecord =
  | StatementRecord
  | QueryRecord
  | LetRecord
  | RefusedRecord
  | ClockRecord
  | LifeRecord
  | SubscribeRecord
  | ExpectRecord
export type SltRecord = CountedRecord | ControlRecord | SleepRecord | HaltRecord | IncludeRecord
