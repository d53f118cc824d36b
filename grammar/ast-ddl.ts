// The syntax tree of CREATE, ALTER, DROP, COMMENT, GRANT. All CREATE forms of a stream or table are one node each
// whatever the dialect; the dialect shows in which clauses are present.
import type { AsOf, Expr, IndexElement, Query } from './ast.ts'
import type { Ident, Name, Spanned, TypeName, WithOption } from './ast-base.ts'
import type {
  ColumnConstraint,
  ColumnDef,
  Encoding,
  SequenceOption,
  TableConstraint,
  TableElement,
  Transport,
  Watermark,
} from './ast-table.ts'

type Create = Spanned & { orReplace?: boolean; ifNotExists?: boolean }
export type CreateSchema = Create & { kind: 'createSchema'; name?: Name; authorization?: Ident }
export type CreateDatabase = Create & { kind: 'createDatabase'; name: Name; options: WithOption[] }
export type CreateTable = Create &
  Encoding & {
    kind: 'createTable'
    /** The dialect's word: `CREATE STREAM` and `CREATE TABLE` of ksqlDB differ in it. */
    word: 'TABLE' | 'STREAM' | 'SOURCE TABLE' | 'SOURCE STREAM'
    persistence?: 'TEMPORARY' | 'UNLOGGED'
    name: Name
    elements: TableElement[]
    /** Whether the parentheses were written at all. */
    hasElements: boolean
    appendOnly?: boolean
    onConflict?: string
    withVersion?: Ident
    inherits: Name[]
    partitionBy?: { strategy: string; elements: IndexElement[] }
    partitionOf?: { parent: Name; bound: PartitionBound }
    distributedBy?: { columns: Ident[]; buckets?: number }
    transport?: Transport
    /** `CREATE TABLE t FROM SOURCE s [(REFERENCE r)]`, RisingWave's `FROM s TABLE 'x'`. */
    fromSource?: { source: Name; reference?: string; options: WithOption[] }
    with: WithOption[]
    onCommit?: 'DROP' | 'DELETE ROWS' | 'PRESERVE ROWS'
    tablespace?: Ident
    as?: Query
    asExecute?: Execute
    withData?: boolean
  }
export type PartitionBound =
  | { bound: 'default' }
  | { bound: 'in'; values: Expr[] }
  | { bound: 'range'; from: Expr[]; to: Expr[] }
  | { bound: 'hash'; modulus: number; remainder: number }
export type CreateSource = Create &
  Encoding & {
    kind: 'createSource'
    name: Name
    temporary?: boolean
    elements: TableElement[]
    hasElements: boolean
    transport?: Transport
    with: WithOption[]
    /** `EXPOSE PROGRESS AS p` */
    progress?: Name
  }
export type CreateConnection = Create & {
  kind: 'createConnection'
  name: Name
  to?: string
  options: WithOption[]
  with: WithOption[]
}
export type CreateSecret = Create & { kind: 'createSecret'; name: Name; value?: string; with: WithOption[] }
export type CreateView = Create & {
  kind: 'createView'
  name: Name
  temporary?: boolean
  /** Feldera's `CREATE LOCAL VIEW` / `DECLARE RECURSIVE VIEW v (a int)`. */
  local?: boolean
  recursive?: boolean
  columns: Ident[]
  with: WithOption[]
  query: Query
  check?: 'LOCAL' | 'CASCADED'
}
export type DeclareRecursiveView = Create & { kind: 'declareRecursiveView'; name: Name; elements: TableElement[] }
export type CreateMaterializedView = Create & {
  kind: 'createMaterializedView'
  name: Name
  columns: Ident[]
  cluster?: Ident
  with: WithOption[]
  using?: Ident
  tablespace?: Ident
  query: Query
  withData?: boolean
  asOf?: AsOf
}
export type CreateIndex = Create & {
  kind: 'createIndex'
  unique?: boolean
  concurrently?: boolean
  /** `CREATE DEFAULT INDEX ON v` */
  default?: boolean
  name?: Ident
  only?: boolean
  table: Name
  cluster?: Ident
  method?: Ident
  elements: IndexElement[]
  include: Ident[]
  distributedBy?: Expr[]
  nullsNotDistinct?: boolean
  with: WithOption[]
  tablespace?: Ident
  where?: Expr
}
export type CreateSink = Create &
  Encoding & {
    kind: 'createSink'
    name?: Name
    from?: Name
    as?: Query
    into?: { table: Name; columns: Ident[] }
    transport?: Transport
    /** `KEY (a, b) [NOT ENFORCED]`, `HEADERS c` */
    key?: { columns: Ident[]; notEnforced?: boolean }
    headers?: Ident
    with: WithOption[]
  }
export type CreateSubscription = Create & { kind: 'createSubscription'; name: Name; from: Name; with: WithOption[] }
export type CreateType = Create & {
  kind: 'createType'
  name: Name
  definition?:
    | { as: 'composite'; columns: ColumnDef[] }
    | { as: 'enum'; labels: string[] }
    | { as: 'range'; options: WithOption[] }
    | { as: 'container'; container: 'LIST' | 'MAP'; options: WithOption[] }
    | { as: 'base'; options: WithOption[] }
}
export type CreateDomain = Create & {
  kind: 'createDomain'
  name: Name
  type: TypeName
  collation?: Name
  constraints: ColumnConstraint[]
}
export type CreateFunction = Create & {
  kind: 'createFunction'
  word: 'FUNCTION' | 'PROCEDURE' | 'AGGREGATE'
  name: Name
  parameters: FunctionParameter[]
  returns?: TypeName
  returnsTable?: FunctionParameter[]
  options: FunctionOption[]
  with: WithOption[]
}
export type FunctionParameter = Spanned & {
  kind: 'parameter'
  mode?: 'IN' | 'OUT' | 'INOUT' | 'VARIADIC'
  name?: Ident
  type: TypeName
  default?: Expr
}
/** `LANGUAGE sql`, `IMMUTABLE`, `AS 'body'`, `USING LINK '…'`, `RETURN expr`: word(s) in upper case and what follows. */
export type FunctionOption = Spanned & {
  kind: 'functionOption'
  option: string
  value?: string
  values?: string[]
  expr?: Expr
}
export type CreateSequence = Create & {
  kind: 'createSequence'
  persistence?: 'TEMPORARY' | 'UNLOGGED'
  name: Name
  options: SequenceOption[]
}
/** `CREATE CLUSTER`, `CREATE EXTENSION`, `CREATE ROLE/USER`: parsed so that they can be answered by name. */
export type CreateOther = Create & { kind: 'createOther'; what: string; name: Name; options: WithOption[] }

/** Upper case, e.g. `TABLE`, `MATERIALIZED VIEW`; `RELATION` is ksqlDB's or Materialize's untyped form. */
export type ObjectType =
  | 'TABLE'
  | 'STREAM'
  | 'SOURCE'
  | 'VIEW'
  | 'MATERIALIZED VIEW'
  | 'INDEX'
  | 'SINK'
  | 'SUBSCRIPTION'
  | 'CONNECTION'
  | 'SECRET'
  | 'SCHEMA'
  | 'DATABASE'
  | 'TYPE'
  | 'DOMAIN'
  | 'FUNCTION'
  | 'PROCEDURE'
  | 'AGGREGATE'
  | 'ROUTINE'
  | 'SEQUENCE'
  | 'ROLE'
  | 'USER'
  | 'CLUSTER'
  | 'EXTENSION'
  | 'COLUMN'
  | 'CONSTRAINT'
  | 'TRIGGER'
  | 'RULE'
  | 'POLICY'
  | 'COLLATION'
  | 'FOREIGN TABLE'
  | 'LANGUAGE'
  | 'SYSTEM'
export type Drop = Spanned & {
  kind: 'drop'
  object: ObjectType
  ifExists: boolean
  concurrently?: boolean
  names: Name[]
  /** Argument types of functions, one entry a name; undefined when not written. */
  signatures: (TypeName[] | undefined)[]
  /** `DROP TRIGGER t ON r` */
  on?: Name
  behavior?: 'CASCADE' | 'RESTRICT'
  /** ksqlDB's `DELETE TOPIC` */
  deleteTopic?: boolean
}
export type Alter = Spanned & {
  kind: 'alter'
  object: ObjectType
  ifExists?: boolean
  only?: boolean
  name: Name
  signature?: TypeName[]
  /** Tables take several, all others one. */
  actions: AlterAction[]
}
export type AlterAction = Spanned &
  (
    | { kind: 'renameTo'; name: Ident }
    | { kind: 'renameColumn'; column: Ident; name: Ident }
    | { kind: 'renameConstraint'; constraint: Ident; name: Ident }
    | { kind: 'setSchema'; schema: Ident }
    | { kind: 'ownerTo'; role: Ident }
    | { kind: 'swapWith'; name: Name }
    /** `SET (a = 1)`, `SET SECRET …`, `SET CLUSTER c`, RisingWave's `SET x = y` / `SET PARALLELISM TO n`. */
    | { kind: 'setOptions'; options: WithOption[]; parens: boolean }
    | { kind: 'resetOptions'; options: WithOption[] }
    | { kind: 'skipErrors' }
    | { kind: 'replan' }
    | { kind: 'refresh'; what: string }
    | { kind: 'addColumn'; ifNotExists?: boolean; column: ColumnDef }
    | { kind: 'dropColumn'; ifExists?: boolean; column: Ident; behavior?: 'CASCADE' | 'RESTRICT' }
    | { kind: 'addConstraint'; constraint: TableConstraint }
    | { kind: 'dropConstraint'; ifExists?: boolean; constraint: Ident; behavior?: 'CASCADE' | 'RESTRICT' }
    | { kind: 'validateConstraint'; constraint: Ident }
    | { kind: 'columnType'; column: Ident; type: TypeName; collation?: Name; using?: Expr }
    | { kind: 'setDefault'; column: Ident; expr: Expr }
    | { kind: 'dropDefault'; column: Ident }
    | { kind: 'setNotNull'; column: Ident }
    | { kind: 'dropNotNull'; column: Ident }
    /** `ALTER DOMAIN d SET DEFAULT 1`, `SET NOT NULL` and their DROP. */
    | { kind: 'setDomainDefault'; expr: Expr }
    | { kind: 'dropDomainDefault' }
    | { kind: 'setDomainNotNull'; notNull: boolean }
    | { kind: 'addWatermark'; watermark: Watermark }
    | { kind: 'dropWatermark' }
    | { kind: 'addValue'; ifNotExists?: boolean; value: string; before?: string; after?: string }
    | { kind: 'renameValue'; from: string; to: string }
    | { kind: 'sequenceOptions'; options: SequenceOption[] }
    | { kind: 'asQuery'; query: Query }
    | { kind: 'retainHistory'; for: Expr }
  )
export type CommentOn = Spanned & {
  kind: 'commentOn'
  object: ObjectType
  name: Name
  signature?: TypeName[]
  on?: Name
  comment: string | null
}
/** `LATENESS v.ts INTERVAL 1 HOUR` */
export type Lateness = Spanned & { kind: 'latenessOf'; column: Name; delay: Expr }

export type Execute = Spanned & { kind: 'execute'; name: Ident; args: Expr[] }

export type DdlStatement =
  | CreateSchema
  | CreateDatabase
  | CreateTable
  | CreateSource
  | CreateConnection
  | CreateSecret
  | CreateView
  | DeclareRecursiveView
  | CreateMaterializedView
  | CreateIndex
  | CreateSink
  | CreateSubscription
  | CreateType
  | CreateDomain
  | CreateFunction
  | CreateSequence
  | CreateOther
  | Drop
  | Alter
  | CommentOn
  | Lateness
