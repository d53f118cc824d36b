// The syntax tree of everything else a client can send, and `Statement`, the union of all.
import type { AsOf, Delete, Expr, Insert, Merge, OrderItem, Query, Update } from './ast.ts'
import type { Ident, Name, OptionValue, Spanned, TypeName, WithOption } from './ast-base.ts'
import type { DdlStatement, Execute, ObjectType } from './ast-ddl.ts'

// ---------------------------------------------------------------- streaming

export type Subscribe = Spanned & {
  kind: 'subscribe'
  /** A relation's name xor a query. */
  name?: Name
  query?: Query
  envelope?: { type: 'UPSERT' | 'DEBEZIUM'; key: Ident[] }
  /** `WITHIN TIMESTAMP ORDER BY …` */
  withinTimestampOrderBy: OrderItem[]
  with: WithOption[]
  asOf?: AsOf
  upTo?: Expr
}
export type DeclareCursor = Spanned & {
  kind: 'declareCursor'
  name: Ident
  binary?: boolean
  sensitivity?: 'INSENSITIVE' | 'ASENSITIVE'
  scroll?: boolean
  hold?: boolean
  query: Query | Subscribe
}
/** `DECLARE c SUBSCRIPTION CURSOR FOR s [SINCE …|FULL]`; also over a query. */
export type DeclareSubscriptionCursor = Spanned & {
  kind: 'declareSubscriptionCursor'
  name: Ident
  subscription?: Name
  query?: Query
  since?: Expr
  full?: boolean
}
export type FetchDirection = 'NEXT' | 'PRIOR' | 'FIRST' | 'LAST' | 'ABSOLUTE' | 'RELATIVE' | 'FORWARD' | 'BACKWARD'
/** Missing direction is FORWARD; `count` missing with FORWARD/BACKWARD is one row. */
export type Fetch = Spanned & {
  kind: 'fetch'
  move: boolean
  direction?: FetchDirection
  count?: number | 'ALL'
  cursor: Ident
  with: WithOption[]
}
export type CloseCursor = Spanned & { kind: 'close'; name?: Ident }
export type Copy = Spanned & {
  kind: 'copy'
  table?: Name
  columns: Ident[]
  query?: Query | Insert | Update | Delete | Merge | Subscribe
  direction: 'FROM' | 'TO'
  target: { to: 'STDIN' | 'STDOUT' } | { to: 'file'; path: string } | { to: 'program'; command: string }
  /** The old unparenthesised options appear under their new names. */
  options: WithOption[]
  where?: Expr
}
export type Explain = Spanned & {
  kind: 'explain'
  analyze?: boolean
  verbose?: boolean
  options: WithOption[]
  /** `EXPLAIN OPTIMIZED PLAN [WITH (…)] [AS TEXT|JSON] FOR …` */
  stage?: 'RAW' | 'DECORRELATED' | 'OPTIMIZED' | 'PHYSICAL' | 'LOCALLY OPTIMIZED' | 'PLAN'
  /** `EXPLAIN TIMESTAMP FOR …`, `EXPLAIN CREATE …` is an ordinary statement. */
  timestamp?: boolean
  with: WithOption[]
  format?: string
  /** A statement xor an existing object. */
  statement?: Statement
  object?: { type: 'VIEW' | 'MATERIALIZED VIEW' | 'INDEX' | 'SINK'; name: Name }
}
/** `ADVANCE CLOCK TO|BY x`, `ADVANCE WATERMARK OF t TO x` */
export type Advance = Spanned & { kind: 'advance'; what: 'CLOCK' | 'WATERMARK'; of?: Name; by?: boolean; amount: Expr }
/** `MERGE LATE INTO view FROM "relation$late" WHERE …` */
export type MergeLate = Spanned & { kind: 'mergeLate'; into: Name; from: Name; where?: Expr }
/** ksqlDB: `PAUSE|RESUME|TERMINATE name`, also without a name or with ALL. */
export type Control = Spanned & {
  kind: 'control'
  action: 'PAUSE' | 'RESUME' | 'TERMINATE'
  object?: ObjectType
  name?: Name
  all?: boolean
}
/** ksqlDB: `PRINT t FROM BEGINNING INTERVAL n LIMIT n` */
export type Print = Spanned & { kind: 'print'; topic: Name; fromBeginning: boolean; interval?: number; limit?: number }
/** ksqlDB: `DEFINE x = 'v'`, `UNDEFINE x` */
export type Define = Spanned & { kind: 'define'; name: Ident; value?: string }
/** ksqlDB: `ASSERT TOPIC t WITH (…) TIMEOUT …`, `ASSERT NOT EXISTS …` */
export type Assert = Spanned & {
  kind: 'assert'
  notExists: boolean
  what: 'TOPIC' | 'SCHEMA' | 'STREAM' | 'TABLE'
  name?: Name
  options: WithOption[]
  timeout?: Expr
}

// ---------------------------------------------------------------- transactions

export type TransactionMode =
  | {
      mode: 'isolation'
      level: 'SERIALIZABLE' | 'REPEATABLE READ' | 'READ COMMITTED' | 'READ UNCOMMITTED' | 'STRICT SERIALIZABLE'
    }
  | { mode: 'access'; readOnly: boolean }
  | { mode: 'deferrable'; deferrable: boolean }
export type Begin = Spanned & { kind: 'begin'; spelling: 'BEGIN' | 'START TRANSACTION'; modes: TransactionMode[] }
export type Commit = Spanned & { kind: 'commit'; chain?: boolean }
export type Rollback = Spanned & { kind: 'rollback'; chain?: boolean }
export type Savepoint = Spanned & { kind: 'savepoint'; name: Ident }
export type ReleaseSavepoint = Spanned & { kind: 'release'; name: Ident }
export type RollbackTo = Spanned & { kind: 'rollbackTo'; name: Ident }
export type SetTransaction = Spanned & { kind: 'setTransaction'; session: boolean; modes: TransactionMode[] }
export type SetConstraints = Spanned & { kind: 'setConstraints'; names: Name[] | 'ALL'; deferred: boolean }

// ---------------------------------------------------------------- session

/** `name` is dotted text, lower case, also for `TIME ZONE` (timezone), `NAMES`, `ROLE`, `SESSION AUTHORIZATION`, `SCHEMA`. */
export type SetVariable = Spanned & {
  kind: 'set'
  scope?: 'LOCAL' | 'SESSION' | 'SYSTEM'
  name: string
  /** One or more values, or DEFAULT. */
  value: OptionValue[] | 'DEFAULT'
}
export type Reset = Spanned & { kind: 'reset'; name: string | 'ALL'; scope?: 'SYSTEM' }
/** `SHOW x`, `SHOW ALL`. */
export type ShowVariable = Spanned & { kind: 'show'; name: string }
/** `SHOW [FULL] TABLES [FROM s] [LIKE '…'|WHERE …]`, `SHOW COLUMNS FROM t`, `SHOW INDEXES ON t`, `SHOW CREATE VIEW v`, `DESCRIBE t`. */
export type ShowObjects = Spanned & {
  kind: 'showObjects'
  /** Upper case plural: TABLES, SOURCES, VIEWS, MATERIALIZED VIEWS, COLUMNS, CREATE VIEW, SUBSCRIPTION CURSORS, JOBS … */
  what: string
  full?: boolean
  from?: Name
  in?: Name
  on?: Name
  like?: string
  where?: Expr
}
export type Discard = Spanned & { kind: 'discard'; what: 'ALL' | 'PLANS' | 'SEQUENCES' | 'TEMP' }
export type Prepare = Spanned & { kind: 'prepare'; name: Ident; types: TypeName[]; statement: Statement }
export type Deallocate = Spanned & { kind: 'deallocate'; name?: Ident }
export type Listen = Spanned & { kind: 'listen'; channel: Ident }
export type Notify = Spanned & { kind: 'notify'; channel: Ident; payload?: string }
export type Unlisten = Spanned & { kind: 'unlisten'; channel?: Ident }
export type LockTable = Spanned & {
  kind: 'lock'
  tables: { name: Name; only?: boolean }[]
  mode?: string
  nowait?: boolean
}
export type Truncate = Spanned & {
  kind: 'truncate'
  tables: { name: Name; only?: boolean }[]
  identity?: 'RESTART' | 'CONTINUE'
  behavior?: 'CASCADE' | 'RESTRICT'
}
/** A privilege with its columns, e.g. SELECT (a, b); ALL is `['ALL']`. Roles granted have no object. */
export type Grant = Spanned & {
  kind: 'grant'
  revoke: boolean
  privileges: { privilege: string; columns: Ident[] }[]
  /** Upper case: TABLE, SCHEMA, `ALL TABLES IN SCHEMA`, …; missing when roles are granted. */
  objectType?: string
  objects: Name[]
  grantees: Ident[]
  /** WITH GRANT OPTION / WITH ADMIN OPTION / GRANT OPTION FOR */
  withOption?: boolean
  grantedBy?: Ident
  behavior?: 'CASCADE' | 'RESTRICT'
}
export type Do = Spanned & { kind: 'do'; code: string; language?: Ident }
export type CallProcedure = Spanned & { kind: 'callProcedure'; call: Expr }
export type Maintenance = Spanned & {
  kind: 'maintenance'
  command: 'VACUUM' | 'ANALYZE' | 'REINDEX' | 'CLUSTER' | 'REFRESH MATERIALIZED VIEW' | 'WAIT' | 'RECOVER'
  options: WithOption[]
  tables: { name: Name; columns: Ident[] }[]
}
export type Flush = Spanned & { kind: 'flush' }
export type Checkpoint = Spanned & { kind: 'checkpoint' }
export type Kill = Spanned & { kind: 'kill'; id: string }
export type Use = Spanned & { kind: 'use'; name: Name }

/** A query as a statement is the `Query` node itself. */
export type Statement =
  | Query
  | Insert
  | Update
  | Delete
  | Merge
  | DdlStatement
  | Execute
  | Subscribe
  | DeclareCursor
  | DeclareSubscriptionCursor
  | Fetch
  | CloseCursor
  | Copy
  | Explain
  | Advance
  | MergeLate
  | Control
  | Print
  | Define
  | Assert
  | Begin
  | Commit
  | Rollback
  | Savepoint
  | ReleaseSavepoint
  | RollbackTo
  | SetTransaction
  | SetConstraints
  | SetVariable
  | Reset
  | ShowVariable
  | ShowObjects
  | Discard
  | Prepare
  | Deallocate
  | Listen
  | Notify
  | Unlisten
  | LockTable
  | Truncate
  | Grant
  | Do
  | CallProcedure
  | Maintenance
  | Flush
  | Checkpoint
  | Kill
  | Use
