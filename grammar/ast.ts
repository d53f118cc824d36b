// The syntax tree of expressions, queries and data changes. These three are mutually recursive, hence one file.
// Every node has a literal `kind` and a `span`. Nothing here is resolved: names stay names, literals stay text.
// Absent optional clauses are `undefined` (the key may be missing); absent lists are empty arrays.
import type { Ident, Name, Operator, Spanned, TypeName, WithOption } from './ast-base.ts'
import type * as J from './ast-json.ts'
import type { ColumnRef, Leaf } from './ast-leaf.ts'

// ---------------------------------------------------------------- expressions

/** `*` or `t.*`; `except` is `* EXCEPT (a, b)` and `* EXCLUDE (a, b)`. */
export type Star = Spanned & { kind: 'star'; qualifier: Ident[]; except: ColumnRef[] }
/** `op` as written (`!=` becomes `<>`); `schema` from `OPERATOR(s.op)`. */
export type Unary = Operator & { kind: 'unary'; op: string; schema?: Ident[]; operand: Expr }
export type Binary = Operator & { kind: 'binary'; op: string; schema?: Ident[]; left: Expr; right: Expr }
/** Flattened as PostgreSQL does: `a AND b AND c` has three arguments; at least two. */
export type And = Spanned & { kind: 'and'; args: Expr[] }
export type Or = Spanned & { kind: 'or'; args: Expr[] }
export type Not = Spanned & { kind: 'not'; operand: Expr }
export type IsTest = 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN' | 'DOCUMENT' | 'NORMALIZED' | JsonTest
export type JsonTest = 'JSON' | 'JSON SCALAR' | 'JSON ARRAY' | 'JSON OBJECT'
/** JSON tests: `IS JSON [VALUE|SCALAR|ARRAY|OBJECT]`; `uniqueKeys` is `WITH UNIQUE KEYS`. */
export type Is = Spanned & {
  kind: 'is'
  operand: Expr
  negated: boolean
  test: IsTest
  form?: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'
  uniqueKeys?: boolean
}
export type IsDistinct = Operator & { kind: 'isDistinct'; left: Expr; right: Expr; negated: boolean }
export type Between = Operator & {
  kind: 'between'
  operand: Expr
  low: Expr
  high: Expr
  negated: boolean
  symmetric: boolean
}
export type InList = Operator & { kind: 'inList'; operand: Expr; list: Expr[]; negated: boolean }
export type InSubquery = Operator & { kind: 'inSubquery'; operand: Expr; query: Query; negated: boolean }
export type Like = Operator & {
  kind: 'like'
  op: 'LIKE' | 'ILIKE' | 'SIMILAR TO'
  operand: Expr
  pattern: Expr
  escape?: Expr
  negated: boolean
}
/** `left op ANY|ALL (right)`; SOME is ANY. `op` may be `LIKE`, `NOT LIKE`, `ILIKE`, `NOT ILIKE`. `query` xor `array`. */
export type Quantified = Operator & {
  kind: 'quantified'
  left: Expr
  op: string
  schema?: Ident[]
  quantifier: 'ANY' | 'ALL'
  query?: Query
  array?: Expr
}
export type Case = Spanned & { kind: 'case'; operand?: Expr; whens: CaseWhen[]; else?: Expr }
export type CaseWhen = Spanned & { kind: 'when'; when: Expr; then: Expr }
/** `CAST(x AS t)`, `x::t`, and `TRY_CAST(x AS t)` with `try`. */
export type Cast = Partial<Operator> &
  Spanned & { kind: 'cast'; operand: Expr; type: TypeName; style: 'cast' | '::'; try?: boolean }
export type Call = Spanned & {
  kind: 'call'
  name: Name
  args: Arg[]
  /** `count(*)` */
  star: boolean
  distinct: boolean
  /** `ALL` written out */
  all?: boolean
  orderBy: OrderItem[]
  withinGroup: boolean
  filter?: Expr
  /** `IGNORE NULLS` / `RESPECT NULLS` */
  nulls?: 'IGNORE' | 'RESPECT'
  over?: Ident | WindowSpec
}
/** One argument: `x`, `name => x` (or `:=`), `VARIADIC x`. */
export type Arg = Spanned & { kind: 'arg'; name?: Ident; variadic?: boolean; value: Expr }
export type WindowSpec = Spanned & {
  kind: 'window'
  base?: Ident
  partitionBy: Expr[]
  orderBy: OrderItem[]
  frame?: Frame
}
export type Frame = Spanned & {
  kind: 'frame'
  unit: 'ROWS' | 'RANGE' | 'GROUPS' | 'SESSION'
  start: FrameBound
  /** Present only with BETWEEN. */
  end?: FrameBound
  exclude?: 'CURRENT ROW' | 'GROUP' | 'TIES' | 'NO OTHERS'
}
/** `WITH GAP x` exists only for the SESSION unit. */
export type FrameBound = Spanned & {
  kind: 'bound'
  bound: 'UNBOUNDED PRECEDING' | 'UNBOUNDED FOLLOWING' | 'CURRENT ROW' | 'PRECEDING' | 'FOLLOWING' | 'WITH GAP'
  offset?: Expr
}
export type ScalarSubquery = Spanned & { kind: 'subquery'; query: Query }
export type Exists = Spanned & { kind: 'exists'; query: Query }
export type ArraySubquery = Spanned & { kind: 'arraySubquery'; query: Query }
/** `ARRAY[1, 2]`; nested brackets inside it are plain `array` nodes. */
export type ArrayLiteral = Spanned & { kind: 'array'; elements: Expr[] }
/** `ROW(a, b)` or `(a, b)` (`explicit: false`, at least two fields). */
export type RowLiteral = Spanned & { kind: 'row'; fields: Expr[]; explicit: boolean }
/** `MAP {k: v, …}` / `MAP['k', v]` */
export type MapLiteral = Spanned & { kind: 'map'; entries: { key: Expr; value: Expr }[] }
export type Subscript = Spanned & { kind: 'subscript'; operand: Expr; index: Expr }
export type Slice = Spanned & { kind: 'slice'; operand: Expr; from?: Expr; to?: Expr }
/** `(x).f`, `f(x).g`; `(x).*` is `fieldStar`. */
export type Field = Spanned & { kind: 'field'; operand: Expr; field: Ident }
export type FieldStar = Spanned & { kind: 'fieldStar'; operand: Expr }
export type Collate = Spanned & { kind: 'collate'; operand: Expr; collation: Name }
/** `zone` missing means `AT LOCAL`. */
export type AtTimeZone = Spanned & { kind: 'atTimeZone'; operand: Expr; zone?: Expr }
export type Extract = Spanned & { kind: 'extract'; field: string; source: Expr }
/** `SUBSTRING(x FROM a FOR b)` / `SUBSTRING(x SIMILAR p ESCAPE e)`; the comma form is a plain call. */
export type Substring = Spanned & {
  kind: 'substring'
  operand: Expr
  from?: Expr
  for?: Expr
  similar?: Expr
  escape?: Expr
}
export type Position = Spanned & { kind: 'position'; needle: Expr; haystack: Expr }
export type Overlay = Spanned & { kind: 'overlay'; operand: Expr; placing: Expr; from: Expr; for?: Expr }
/** `TRIM([side] [chars] FROM x, …)`: `args` is what follows FROM (or the whole list), `chars` what precedes it. */
export type Trim = Spanned & { kind: 'trim'; side: 'BOTH' | 'LEADING' | 'TRAILING'; chars?: Expr; args: Expr[] }
export type Normalize = Spanned & { kind: 'normalize'; operand: Expr; form?: 'NFC' | 'NFD' | 'NFKC' | 'NFKD' }
export type Coalesce = Spanned & { kind: 'coalesce'; args: Expr[] }
export type Greatest = Spanned & { kind: 'greatest'; args: Expr[] }
export type Least = Spanned & { kind: 'least'; args: Expr[] }
export type NullIf = Spanned & { kind: 'nullif'; left: Expr; right: Expr }
export type Overlaps = Operator & { kind: 'overlaps'; left: Expr[]; right: Expr[] }
export type Grouping = Spanned & { kind: 'grouping'; args: Expr[] }
/** `TABLE t [AS x (a, b)]` as an argument of a table function: `TUMBLE(TABLE t, DESCRIPTOR(ts), …)`. */
export type TableArg = Spanned & {
  kind: 'tableArg'
  table?: Name
  /** What stored texts know the table and its columns by. */
  alias?: Alias
  query?: Query
  partitionBy: Expr[]
  orderBy: OrderItem[]
}
/** `|x, y| x + y` */
export type Lambda = Spanned & { kind: 'lambda'; params: Ident[]; body: Expr }

// biome-ignore format: a list of names
export type Expr =
  | Leaf | Star | Unary | Binary | And | Or | Not | Is | IsDistinct | Between | InList | InSubquery | Like | Quantified
  | Case | Cast | Call | ScalarSubquery | Exists | ArraySubquery | ArrayLiteral | RowLiteral | MapLiteral | Subscript
  | Slice | Field | FieldStar | Collate | AtTimeZone | Extract | Substring | Position | Overlay | Trim | Normalize
  | Coalesce | Greatest | Least | NullIf | Overlaps | Grouping | TableArg | Lambda
  | J.JsonFunction<Expr> | J.JsonObjectNode<Expr> | J.JsonArrayNode<Expr, Query> | J.JsonOf<Expr> | J.JsonTable<Expr>
  | J.JsonAggregateNode<Expr, OrderItem, WindowSpec>

/** `using` is `ORDER BY x USING >`. */
export type OrderItem = Spanned & {
  kind: 'orderItem'
  expr: Expr
  direction?: 'ASC' | 'DESC'
  nulls?: 'FIRST' | 'LAST'
  using?: string
}

// ---------------------------------------------------------------- queries

/** A whole query expression. Parentheses that carry no clause of their own leave no trace. */
export type Query = Spanned & {
  kind: 'query'
  with?: With
  body: QueryBody
  orderBy: OrderItem[]
  /** LIMIT or FETCH FIRST; `LIMIT ALL` is a null literal. */
  limit?: Expr
  withTies?: boolean
  tiesSpan?: Spanned['span']
  offset?: Expr
  locking: Locking[]
  emit?: Emit
  /** `ALLOWED LATENESS '10 min'`, before or after EMIT or without. */
  lateness?: Expr
  /** `SELECT … AS OF [AT LEAST] t` */
  asOf?: AsOf
  /** Materialize's `OPTIONS (…)` */
  options: WithOption[]
}
export type QueryBody = Select | SetOperation | Values | TableBody | Query

export type Select = Spanned & {
  kind: 'select'
  /** Flink's STATE_TTL behind SELECT: how long rows live of relations of this FROM by name or alias. Other hints are comments. */
  stateTtl?: { relation: string; ttl: string }[]
  distinct?: 'DISTINCT' | { on: Expr[] }
  /** May be empty. */
  targets: Target[]
  /** Comma list; joins are nested items. */
  from: FromItem[]
  where?: Expr
  /** ksqlDB's `WINDOW TUMBLING (…)` between FROM and WHERE/GROUP BY. */
  streamWindow?: StreamWindow
  groupBy: GroupItem[]
  groupDistinct?: boolean
  /** `GROUP BY ALL` */
  groupAll?: boolean
  having?: Expr
  windows: NamedWindow[]
  qualify?: Expr
}
export type SetOperation = Spanned & {
  kind: 'setOperation'
  op: 'UNION' | 'INTERSECT' | 'EXCEPT'
  all: boolean
  /** `CORRESPONDING [BY (…)]`: an empty list means all common columns. */
  corresponding?: Ident[]
  left: QueryBody
  right: QueryBody
}
export type Values = Spanned & { kind: 'values'; rows: Expr[][] }
/** `TABLE t` as a query. */
export type TableBody = Spanned & { kind: 'tableBody'; name: Name; only?: boolean }

export type Target = Spanned & { kind: 'target'; expr: Expr; alias?: Ident }
export type NamedWindow = Spanned & { kind: 'namedWindow'; name: Ident; spec: WindowSpec }
export type GroupItem =
  | (Spanned & { kind: 'groupExpr'; expr: Expr })
  | (Spanned & { kind: 'emptyGroup' })
  | (Spanned & { kind: 'rollup' | 'cube'; items: Expr[] })
  | (Spanned & { kind: 'groupingSets'; sets: GroupItem[] })
export type StreamWindow = Spanned & {
  kind: 'streamWindow'
  type: 'TUMBLING' | 'HOPPING' | 'SESSION'
  size: Expr
  advance?: Expr
  retention?: Expr
  grace?: Expr
  /** `TIME ZONE 'Asia/Seoul'` */
  timeZone?: Expr
}
export type Emit = Spanned & {
  kind: 'emit'
  mode: 'CHANGES' | 'FINAL' | 'ON WINDOW CLOSE' | 'ON UPDATE' | 'PERIODIC'
  /** Of PERIODIC. */
  every?: Expr
}
export type AsOf = Spanned & { kind: 'asOf'; atLeast: boolean; at: Expr }
export type Locking = Spanned & {
  kind: 'locking'
  strength: 'UPDATE' | 'NO KEY UPDATE' | 'SHARE' | 'KEY SHARE'
  of: Name[]
  wait?: 'NOWAIT' | 'SKIP LOCKED'
}

export type With = Spanned & {
  kind: 'with'
  mode: 'plain' | 'recursive' | 'mutuallyRecursive'
  /** `WITH MUTUALLY RECURSIVE (RETURN AT RECURSION LIMIT n, …)` */
  recursionLimits: { onLimit: 'return' | 'error'; limit: Expr }[]
  ctes: Cte[]
}
export type Cte = Spanned & {
  kind: 'cte'
  name: Ident
  /** `types` exist only under MUTUALLY RECURSIVE, one per column. */
  columns: Ident[]
  types: TypeName[]
  materialized?: boolean
  query: Query | Insert | Update | Delete | Merge
  search?: { order: 'DEPTH' | 'BREADTH'; by: Ident[]; set: Ident }
  cycle?: { columns: Ident[]; set: Ident; to?: Expr; default?: Expr; using: Ident }
}

/** Column types occur only in the alias of a function that returns records. */
export type Alias = Spanned & { kind: 'alias'; name?: Ident; columns: Ident[]; types: TypeName[] }
export type TableItem = Spanned & {
  kind: 'table'
  name: Name
  only?: boolean
  alias?: Alias
  sample?: { method: Name; args: Expr[]; repeatable?: Expr }
  /** `FOR SYSTEM_TIME AS OF x` / `FOR SYSTEM_TIME AS OF PROCTIME()` */
  systemTime?: Expr
}
export type Derived = Spanned & { kind: 'derived'; query: Query; lateral: boolean; alias?: Alias }
/** One function, or several with `ROWS FROM (…)`. `wrapped` is the standard's `TABLE(f(…))` / `LATERAL TABLE(f(…))`. */
export type TableFunction = Spanned & {
  kind: 'tableFunction'
  calls: { call: Expr; columns: Alias | undefined }[]
  rowsFrom: boolean
  wrapped: boolean
  lateral: boolean
  ordinality: boolean
  alias?: Alias
}
export type Join = Spanned & {
  kind: 'join'
  type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'
  /** `ASOF [LEFT] JOIN`, with `MATCH_CONDITION (…)` where the dialect has it. */
  asof?: boolean
  matchCondition?: Expr
  natural?: boolean
  left: FromItem
  right: FromItem
  on?: Expr
  using?: Ident[]
  usingAlias?: Ident
  /** ksqlDB's `WITHIN 1 HOUR` */
  within?: Expr
  /** `(a JOIN b …) AS x` */
  alias?: Alias
}
export type FromItem = TableItem | Derived | TableFunction | Join

// ---------------------------------------------------------------- data changes

export type Insert = Spanned & {
  kind: 'insert'
  with?: With
  table: Name
  alias?: Ident
  /** Each with its indirection: `a`, `a.b`, `a[1]`. */
  columns: AssignTarget[]
  overriding?: 'SYSTEM' | 'USER'
  /** Missing means DEFAULT VALUES. */
  source?: Query
  onConflict?: OnConflict
  returning: Target[]
}
export type OnConflict = Spanned & {
  kind: 'onConflict'
  /** What is inferred: index expressions with an optional predicate, or a constraint's name. */
  target?: { elements: IndexElement[]; where?: Expr } | { constraint: Ident }
  /** Missing means DO NOTHING. */
  update?: { set: Assignment[]; where?: Expr }
}
export type IndexElement = Spanned & {
  kind: 'indexElement'
  expr: Expr
  collation?: Name
  opclass?: Name
  direction?: 'ASC' | 'DESC'
  nulls?: 'FIRST' | 'LAST'
}
export type AssignTarget = Spanned & {
  kind: 'assignTarget'
  column: Ident
  path: ({ field: Ident } | TargetSubscript)[]
}
/** `[i]`, `[m:n]`. */
export type TargetSubscript = { index: Expr } | { slice: true; from?: Expr; to?: Expr }
/** `a = x`, or `(a, b) = row-or-subquery` with several targets. */
export type Assignment = Spanned & { kind: 'assignment'; targets: AssignTarget[]; multiple: boolean; value: Expr }
export type Update = Spanned & {
  kind: 'update'
  with?: With
  table: TableItem
  set: Assignment[]
  from: FromItem[]
  where?: Expr
  whereCurrentOf?: Ident
  returning: Target[]
}
export type Delete = Spanned & {
  kind: 'delete'
  with?: With
  table: TableItem
  using: FromItem[]
  where?: Expr
  whereCurrentOf?: Ident
  returning: Target[]
}
export type Merge = Spanned & {
  kind: 'merge'
  with?: With
  table: TableItem
  source: FromItem
  on: Expr
  whens: MergeWhen[]
  returning: Target[]
}
export type MergeWhen = Spanned & {
  kind: 'mergeWhen'
  match: 'MATCHED' | 'NOT MATCHED BY SOURCE' | 'NOT MATCHED BY TARGET'
  condition?: Expr
  action:
    | { do: 'nothing' }
    | { do: 'delete' }
    | { do: 'update'; set: Assignment[] }
    | { do: 'insert'; columns: AssignTarget[]; overriding?: 'SYSTEM' | 'USER'; values: Expr[] | undefined }
}
