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
  readonly expect: /** null, without `----`: the rows of the earlier query of this label. */
    | { readonly kind: 'rows'; readonly lines: readonly string[] | null }
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

/** `feed SOURCE [partition N] [keyed] [at TIME]` and JSON lines: records of its topic, where sources are stubs. */
export interface FeedRecord extends Common {
  readonly kind: 'feed'
  readonly source: string
  readonly partition: number
  readonly keyed: boolean
  /** Their timestamp; null: the server's clock. */
  readonly atMs: number | null
  readonly lines: readonly string[]
}

/** `schema SUBJECT [avro|protobuf|json] [FILE]` and its text: a further version in the registry. */
export interface SchemaRecord extends Common {
  readonly kind: 'schema'
  readonly subject: string
  readonly type: 'AVRO' | 'PROTOBUF' | 'JSON' | null
  /** Beside the test; null: `text` follows the directive. */
  readonly file: string | null
  readonly text: string
}

/** `topic NAME N`: of so many partitions. */
export interface TopicRecord extends Common {
  readonly kind: 'topic'
  readonly name: string
  readonly partitions: number
}

/** `run FILE.sql`: its text as one statement. */
export interface RunRecord extends Common {
  readonly kind: 'run'
  readonly file: string
}

/** What needs sources that are stubs. */
export type StubRecord = FeedRecord | SchemaRecord | TopicRecord

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
  | StubRecord
export type SltRecord = CountedRecord | ControlRecord | SleepRecord | HaltRecord | IncludeRecord | RunRecord
