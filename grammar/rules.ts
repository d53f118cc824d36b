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
import type { ColumnRef } from './ast-leaf.ts'
import type { Statement } from './ast-statement.ts'
import type {
  ColumnConstraint,
  ColumnDef,
  ConstraintTiming,
  RefAction,
  References,
  SequenceOption,
  TableConstraint,
  TableElement,
  Watermark,
} from './ast-table.ts'
import type { SqlToken } from './lexer.ts'
import type { NamedOperator } from './rules-expr.ts'

/** Callable only through `g.sub`; the brand keeps a rule from being called as a function. */
export type Rule<A extends unknown[], R> = { readonly ruleName: string; readonly rule: (...args: A) => R }

export type Rules = {
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
  binaryTail: Rule<[left: Expr, start: number, p: number, restricted: boolean], Expr>
  quantified: Rule<[left: Expr, op: string, schema: Ident[] | undefined, opSpan: Span, start: number], Quantified>
  logicTail: Rule<[left: Expr, start: number], Expr>
  postfixTail: Rule<[left: Expr, start: number], Expr>
  subscript: Rule<[left: Expr, start: number], Expr>
  testTail: Rule<[left: Expr, start: number], Expr>
  likeTail: Rule<[left: Expr, op: Like['op'], negated: boolean, start: number], Expr>
  isTail: Rule<[left: Expr, start: number, restricted: boolean], Expr>

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

  // rules-primary.ts
  primary: Rule<[], Expr>
  castTail: Rule<[start: number, attempt: boolean], Expr>
  parenthesis: Rule<[], Expr>
  caseExpr: Rule<[], Expr>
  arrayExpr: Rule<[], Expr>
  arrayElements: Rule<[start: number], Expr>
  sqlValue: Rule<[], Expr>
  lambda: Rule<[], Expr>
  wordExpr: Rule<[], Expr>
  starExcept: Rule<[], ColumnRef[]>
  mapExpr: Rule<[], Expr>
  callTail: Rule<[name: Name, start: number], Expr>
  nullTreatment: Rule<[], 'IGNORE' | 'RESPECT'>
  argument: Rule<[], Arg>
  tableArg: Rule<[], Expr>
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
  with: Rule<[], With>
  cte: Rule<[], Cte>
  cteSearch: Rule<[], NonNullable<Cte['search']>>
  cteCycle: Rule<[], NonNullable<Cte['cycle']>>

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

  // rules-type.ts
  typeName: Rule<[], TypeName>
  simpleType: Rule<[], TypeName>
  varying: Rule<[], boolean>
  timeZone: Rule<[], boolean>
  typmods: Rule<[], TypeMod[]>
  intervalType: Rule<[], TypeName>
  containerType: Rule<[], TypeName>
  namedType: Rule<[], TypeName>
  name: Rule<[], Name>
  columnRef: Rule<[], ColumnRef>
  columnList: Rule<[], Ident[]>
  options: Rule<[], WithOption[]>
  withOptions: Rule<[], WithOption[]>
  option: Rule<[], WithOption>
  optionValue: Rule<[], OptionValue>

  // Plain functions the rules share.
  typeOf(parts: Ident[], span: Span): TypeName
  typmod(e: Expr): TypeMod
  isDescriptor(call: Call): boolean
  isUnit(token: SqlToken): boolean
}
