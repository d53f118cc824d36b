// What the rules of SQL/JSON take and give.
import type { Expr } from './ast.ts'
import type {
  JsonBehavior,
  JsonColumn,
  JsonFormat,
  JsonFunction,
  JsonMember,
  JsonOutput,
  JsonPassing,
  JsonTable,
  JsonValue,
  JsonWrapper,
} from './ast-sql-json.ts'
import type { Rule } from './rule-types.ts'

export type JsonRules = {
  jsonExpr: Rule<[], Expr>
  jsonFormat: Rule<[], JsonFormat>
  jsonValue: Rule<[], JsonValue>
  jsonReturning: Rule<[], JsonOutput | undefined>
  jsonPassing: Rule<[], JsonPassing[]>
  jsonWrapper: Rule<[], JsonWrapper | undefined>
  jsonQuotes: Rule<[], 'KEEP' | 'OMIT' | undefined>
  jsonBehavior: Rule<[], JsonBehavior>
  jsonBehaviors: Rule<[], { onEmpty?: JsonBehavior; onError?: JsonBehavior }>
  jsonFunction: Rule<[op: JsonFunction['op'], start: number], JsonFunction>
  jsonNulls: Rule<[], 'NULL' | 'ABSENT' | undefined>
  jsonUnique: Rule<[], boolean>
  jsonMemberTail: Rule<[key: Expr, start: number], JsonMember>
  jsonObject: Rule<[], Expr>
  jsonArray: Rule<[], Expr>
  jsonAggregate: Rule<[], Expr>
  jsonTable: Rule<[], JsonTable>
  jsonColumn: Rule<[], JsonColumn>
}
