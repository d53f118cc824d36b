// SQL/JSON over the trees of expressions and queries.
import type { Expr, OrderItem, Query, WindowSpec } from './ast.ts'
import type * as Json from './ast-json.ts'

export type { JsonFormat, JsonOutput, JsonWrapper } from './ast-json.ts'
export type JsonValue = Json.JsonValue<Expr>
export type JsonBehavior = Json.JsonBehavior<Expr>
export type JsonPassing = Json.JsonPassing<Expr>
export type JsonMember = Json.JsonMember<Expr>
export type JsonFunction = Json.JsonFunction<Expr>
export type JsonObjectNode = Json.JsonObjectNode<Expr>
export type JsonArrayNode = Json.JsonArrayNode<Expr, Query>
export type JsonAggregateNode = Json.JsonAggregateNode<Expr, OrderItem, WindowSpec>
export type JsonOf = Json.JsonOf<Expr>
export type JsonColumn = Json.JsonColumn<Expr>
export type JsonTable = Json.JsonTable<Expr>
export type SqlJson = JsonFunction | JsonObjectNode | JsonArrayNode | JsonAggregateNode | JsonOf | JsonTable
