// The table of rules: what each takes and gives. Rule files fill it; a rule may call any other.
import type {
  Alias,
  Arg,
  AsOf,
  Assignment,
  AssignTarget,
  Call,
  Cte,
  Delete,
  Expr,
  Frame,
  FrameBound,
  FromItem,
  GroupItem,
  IndexElement,
  Insert,
  Join,
  Like,
  Locking,
  Merge,
  MergeWhen,
  NamedWindow,
  OnConflict,
  OrderItem,
  Quantified,
  Query,
  QueryBody,
  Select,
  StreamWindow,
  TableFunction,
  TableItem,
  Target,
  Update,
  WindowSpec,
  With,
} from './ast.ts'
import type { Ident, Name, OptionValue, Span, TypeMod, TypeName, WithOption } from './ast-base.ts'
import type {
  Alter,
  AlterAction,
  CommentOn,
  CreateConnection,
  CreateFunction,
  CreateIndex,
  CreateMaterializedView,
  CreateOther,
  CreateSink,
  CreateSource,
  CreateTable,
  CreateType,
  CreateView,
  DdlStatement,
  DeclareRecursiveView,
  Drop,
  Execute,
  FunctionOption,
  FunctionParameter,
  ObjectType,
  PartitionBound,
} from './ast-ddl.ts'
import type { ColumnRef } from './ast-leaf.ts'
import type {
  Begin,
  Commit,
  Copy,
  DeclareCursor,
  DeclareSubscriptionCursor,
  Discard,
  Explain,
  Fetch,
  Grant,
  LockTable,
  Maintenance,
  Prepare,
  Reset,
  Rollback,
  RollbackTo,
  SetConstraints,
  SetTransaction,
  SetVariable,
  ShowObjects,
  ShowVariable,
  Statement,
  Subscribe,
  TransactionMode,
  Truncate,
} from './ast-statement.ts'
import type {
  ColumnConstraint,
  ColumnDef,
  ConstraintTiming,
  Encoding,
  Format,
  Include,
  RefAction,
  References,
  SequenceOption,
  SourceEnvelope,
  TableConstraint,
  TableElement,
  Transport,
  Watermark,
} from './ast-table.ts'
import type { CreateHead, NamedOperator, Rule } from './rule-types.ts'
import type { JsonRules } from './rules-json-type.ts'
import type { SqlToken } from './token.ts'

export type Rules = JsonRules & {
  // rules-alter.ts
  alter: Rule<[], Alter>
  settingOption: Rule<[], WithOption>
  alterAction: Rule<[], AlterAction>
  alterSmall: Rule<[], AlterAction>
  someSequenceOptions: Rule<[], SequenceOption[]>
  wordErrors: Rule<[], void>
  upperWords: Rule<[], string>
  roleToken: Rule<[], SqlToken>
  alterRename: Rule<[], AlterAction>
  alterSet: Rule<[], AlterAction>
  // rules-alter-table.ts
  alterAdd: Rule<[], AlterAction>
  alterDrop: Rule<[], AlterAction>
  alterColumn: Rule<[], AlterAction>
  columnTypeChange: Rule<[column: Ident, start: number], AlterAction>
  // rules-call.ts
  callTail: Rule<[name: Name, start: number], Expr>
  nullTreatment: Rule<[], 'IGNORE' | 'RESPECT'>
  argument: Rule<[], Arg>
  tableArg: Rule<[], Expr>
  // rules-copy.ts
  copy: Rule<[], Copy>
  oldCopyOptions: Rule<[], WithOption[]>
  explain: Rule<[], Explain>
  explainObject: Rule<[explain: Explain], void>
  explainPlan: Rule<[explain: Explain], void>
  // rules-create.ts
  create: Rule<[], DdlStatement>
  ifNotExists: Rule<[], boolean>
  ifExists: Rule<[], boolean>
  createSmall: Rule<[head: CreateHead], DdlStatement>
  createDomain: Rule<[head: CreateHead], DdlStatement>
  createType: Rule<[head: CreateHead], CreateType>
  createOther: Rule<[head: CreateHead], CreateOther>
  // rules-create-table.ts
  createTable: Rule<[head: CreateHead], CreateTable>
  partitionBound: Rule<[], PartitionBound>
  tableClauses: Rule<[table: CreateTable], void>
  versionColumn: Rule<[], Ident>
  withOptionList: Rule<[], WithOption[]>
  tableOnClause: Rule<[table: CreateTable], void>
  distributed: Rule<[table: CreateTable], void>
  // rules-create-view.ts
  createView: Rule<[head: CreateHead], CreateView>
  createMaterializedView: Rule<[head: CreateHead], CreateMaterializedView>
  createIndex: Rule<[head: CreateHead], CreateIndex>
  // rules-cursor.ts
  declare: Rule<[], DeclareCursor | DeclareSubscriptionCursor | DeclareRecursiveView>
  declareSubscription: Rule<[s: number], DeclareSubscriptionCursor>
  sinceExpr: Rule<[], Expr>
  declareCursor: Rule<[s: number], DeclareCursor>
  fetch: Rule<[], Fetch>
  fetchDirection: Rule<[fetch: Fetch], void>
  close: Rule<[], Statement>
  // rules-dml.ts
  dmlOrQuery: Rule<[], Query | Insert | Update | Delete | Merge>
  insert: Rule<[clause: With | undefined, start: number], Insert>
  overriding: Rule<[], 'SYSTEM' | 'USER' | undefined>
  returning: Rule<[], Target[]>
  assignTargets: Rule<[], AssignTarget[]>
  assignTarget: Rule<[], AssignTarget>
  assignments: Rule<[], Assignment[]>
  assignment: Rule<[], Assignment>
  onConflict: Rule<[], OnConflict>
  indexElements: Rule<[], IndexElement[]>
  indexElement: Rule<[], IndexElement>
  target_table: Rule<[], TableItem>
  dmlWhere: Rule<[], { where?: Expr; whereCurrentOf?: Ident }>
  update: Rule<[clause: With | undefined, start: number], Update>
  delete: Rule<[clause: With | undefined, start: number], Delete>
  merge: Rule<[clause: With | undefined, start: number], Merge>
  mergeWhen: Rule<[], MergeWhen>
  // rules-expr.ts
  expr: Rule<[min?: number, restricted?: boolean], Expr>
  notExpr: Rule<[], Expr>
  signExpr: Rule<[restricted: boolean], Expr>
  operator: Rule<[], NamedOperator>
  prefixOperator: Rule<[], NamedOperator>
  namedOperator: Rule<[], NamedOperator>
  // rules-from.ts
  fromList: Rule<[], FromItem[]>
  fromItem: Rule<[], FromItem>
  fromPrimary: Rule<[], FromItem>
  fromParenthesis: Rule<[lateral: boolean, start: number], FromItem>
  tableItem: Rule<[], TableItem>
  alias: Rule<[typed: boolean], Alias>
  functionAlias: Rule<[], { ordinality: boolean; alias?: Alias }>
  fromFunction: Rule<[lateral: boolean, start: number], TableFunction>
  wrappedFunction: Rule<[lateral: boolean, start: number], TableFunction>
  rowsFrom: Rule<[lateral: boolean, start: number], TableFunction>
  joinStep: Rule<[left: FromItem, start: number], Join>
  joinHead: Rule<[], { type: Join['type']; natural?: boolean; asof?: boolean }>
  joinType: Rule<[], Join['type']>
  // rules-function.ts
  createFunction: Rule<[head: CreateHead], CreateFunction>
  functionParameters: Rule<[], FunctionParameter[]>
  functionParameter: Rule<[], FunctionParameter>
  functionOption: Rule<[], FunctionOption>
  // rules-object.ts
  objectType: Rule<[], ObjectType>
  behavior: Rule<[], 'CASCADE' | 'RESTRICT' | undefined>
  signature: Rule<[], TypeName[]>
  drop: Rule<[], Drop>
  commentOn: Rule<[], CommentOn>
  grant: Rule<[], Grant>
  grantObject: Rule<[], string>
  // rules-operator.ts
  binaryTail: Rule<[left: Expr, start: number, p: number, restricted: boolean], Expr>
  quantified: Rule<[left: Expr, op: string, schema: Ident[] | undefined, opSpan: Span, start: number], Quantified>
  logicTail: Rule<[left: Expr, start: number], Expr>
  postfixTail: Rule<[left: Expr, start: number], Expr>
  subscript: Rule<[left: Expr, start: number], Expr>
  testTail: Rule<[left: Expr, start: number], Expr>
  likeTail: Rule<[left: Expr, op: Like['op'], negated: boolean, start: number, at: number], Expr>
  isTail: Rule<[left: Expr, start: number, restricted: boolean], Expr>
  // rules-option.ts
  name: Rule<[], Name>
  columnRef: Rule<[], ColumnRef>
  columnList: Rule<[], Ident[]>
  options: Rule<[], WithOption[]>
  withOptions: Rule<[], WithOption[]>
  option: Rule<[], WithOption>
  timeClause: Rule<[], WithOption>
  optionValue: Rule<[], OptionValue>
  // rules-primary.ts
  primary: Rule<[], Expr>
  castTail: Rule<[start: number, attempt: boolean], Expr>
  parenthesis: Rule<[], Expr>
  caseExpr: Rule<[], Expr>
  arrayExpr: Rule<[], Expr>
  arrayElements: Rule<[start: number], Expr>
  sqlValue: Rule<[], Expr>
  lambda: Rule<[], Expr>
  mapExpr: Rule<[], Expr>
  exprList: Rule<[], Expr[]>
  // rules-query.ts
  query: Rule<[], Query>
  queryRest: Rule<[clause: With | undefined, start: number], Query>
  queryTail: Rule<[query: Query], void>
  asOf: Rule<[], AsOf>
  fetchFirst: Rule<[query: Query], void>
  locking: Rule<[], Locking>
  setBody: Rule<[min: number], QueryBody>
  queryPrimary: Rule<[], QueryBody>
  // rules-select.ts
  select: Rule<[], Select>
  namedWindow: Rule<[], NamedWindow>
  targets: Rule<[], Target[]>
  target: Rule<[], Target>
  groupBy: Rule<[select: Select], void>
  groupItem: Rule<[], GroupItem>
  orderBy: Rule<[], OrderItem[]>
  orderItem: Rule<[], OrderItem>
  nullsOrder: Rule<[], 'FIRST' | 'LAST' | undefined>
  streamWindow: Rule<[], StreamWindow>
  // rules-session.ts
  discard: Rule<[], Discard>
  prepare: Rule<[], Prepare>
  execute: Rule<[], Execute>
  deallocate: Rule<[], Statement>
  notifications: Rule<[], Statement>
  tableTargets: Rule<[], { name: Name; only?: boolean }[]>
  lock: Rule<[], LockTable>
  truncate: Rule<[], Truncate>
  maintenance: Rule<[], Maintenance>
  small: Rule<[], Statement>
  // rules-set.ts
  set: Rule<[], SetVariable | SetTransaction | SetConstraints>
  settingName: Rule<[], string>
  setValue: Rule<[], OptionValue[] | 'DEFAULT'>
  settingValue: Rule<[], OptionValue>
  reset: Rule<[], Reset>
  // rules-show.ts
  show: Rule<[], ShowVariable | ShowObjects>
  showObjects: Rule<[s: number], ShowObjects>
  describe: Rule<[], ShowObjects>
  // rules-source.ts
  createSource: Rule<[head: CreateHead], CreateSource>
  subsources: Rule<[source: CreateSource], void>
  tableFrom: Rule<[table: CreateTable], void>
  transport: Rule<[], Transport>
  kafka: Rule<[], Transport>
  encodingClause: Rule<[target: Encoding], void>
  include: Rule<[], Include>
  envelope: Rule<[], SourceEnvelope>
  format: Rule<[], Format>
  csv: Rule<[], NonNullable<Format['csv']>>
  formatUsing: Rule<[format: Format], void>
  createSink: Rule<[head: CreateHead], CreateSink>
  createConnection: Rule<[head: CreateHead], CreateConnection>
  // rules-special.ts
  specialFunction: Rule<[], Expr>
  parenList: Rule<[], Expr[]>
  exists: Rule<[], Expr>
  rowExpr: Rule<[], Expr>
  groupingExpr: Rule<[], Expr>
  extract: Rule<[], Expr>
  callRest: Rule<[start: number, token: SqlToken, first: Arg], Expr>
  substring: Rule<[], Expr>
  position: Rule<[], Expr>
  overlay: Rule<[], Expr>
  trim: Rule<[], Expr>
  normalize: Rule<[], Expr>
  intervalLiteral: Rule<[], Expr>
  bareInterval: Rule<[], Expr>
  precision: Rule<[], number | undefined>
  windowSpec: Rule<[], WindowSpec>
  frame: Rule<[], Frame>
  frameBound: Rule<[], FrameBound>
  frameSide: Rule<[], 'PRECEDING' | 'FOLLOWING'>
  // rules-statement.ts
  statement: Rule<[], Statement>
  // rules-stream.ts
  subscribe: Rule<[], Subscribe>
  advance: Rule<[], Statement>
  advanceAmount: Rule<[], { by?: boolean; amount: Expr }>
  lateness: Rule<[], Statement>
  mergeLate: Rule<[], Statement>
  ksql: Rule<[], Statement>
  control: Rule<[], Statement>
  // rules-table.ts
  tableElements: Rule<[], TableElement[]>
  tableElement: Rule<[], TableElement>
  watermark: Rule<[], Watermark>
  likeClause: Rule<[], TableElement>
  columnDef: Rule<[], ColumnDef>
  columnClauses: Rule<[column: ColumnDef], void>
  columnMetadata: Rule<[column: ColumnDef], void>
  columnConstraint: Rule<[], ColumnConstraint>
  parenRest: Rule<[], Expr>
  storage: Rule<[], { storage?: 'STORED' | 'VIRTUAL' }>
  generated: Rule<[], object>
  references: Rule<[], References>
  refAction: Rule<[], RefAction>
  timing: Rule<[], ConstraintTiming>
  tableConstraint: Rule<[], TableConstraint>
  keyRest: Rule<[], object>
  sequenceOptions: Rule<[], SequenceOption[]>
  sequenceOption: Rule<[], SequenceOption>
  anyName: Rule<[], Name>
  signedNumber: Rule<[], string>
  // rules-transaction.ts
  begin: Rule<[], Begin>
  workWord: Rule<[], void>
  chainWord: Rule<[], { chain?: boolean }>
  transactionModes: Rule<[], TransactionMode[]>
  transactionMode: Rule<[], TransactionMode>
  commit: Rule<[], Commit>
  rollback: Rule<[], Rollback | RollbackTo>
  savepoint: Rule<[], Statement>
  // rules-type.ts
  typeName: Rule<[], TypeName>
  simpleType: Rule<[], TypeName>
  varying: Rule<[], boolean>
  timeZone: Rule<[], boolean>
  typmods: Rule<[], TypeMod[]>
  intervalType: Rule<[], TypeName>
  containerType: Rule<[], TypeName>
  namedType: Rule<[], TypeName>
  // rules-with.ts
  with: Rule<[], With>
  cte: Rule<[], Cte>
  cteSearch: Rule<[], NonNullable<Cte['search']>>
  cteCycle: Rule<[], NonNullable<Cte['cycle']>>
  // rules-word.ts
  wordExpr: Rule<[], Expr>
  starExcept: Rule<[], ColumnRef[]>

  // Plain functions the rules share.
  typeOf(parts: Ident[], span: Span): TypeName
  typmod(e: Expr): TypeMod
  isDescriptor(call: Call): boolean
  isUnit(token: SqlToken): boolean
}
