// SQL/JSON: the standard's functions over JSON. Over expressions E, queries Q, orders O and windows W, whose trees hold these.
import type { Ident, Spanned, TypeName } from './ast-base.ts'

/** `FORMAT JSON [ENCODING UTF8]` */
export type JsonFormat = { encoding?: string }
/** `x [FORMAT JSON]` */
export type JsonValue<E> = Spanned & { kind: 'jsonValue'; expr: E; format?: JsonFormat }
/** `RETURNING type [FORMAT JSON]` */
export type JsonOutput = Spanned & { kind: 'jsonOutput'; type: TypeName; format?: JsonFormat }
/** What happens `ON EMPTY` or `ON ERROR`; `expr` of DEFAULT. */
export type JsonBehavior<E> = Spanned & {
  kind: 'jsonBehavior'
  what: 'ERROR' | 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN' | 'EMPTY ARRAY' | 'EMPTY OBJECT' | 'DEFAULT'
  expr?: E
}
export type JsonPassing<E> = Spanned & { kind: 'jsonPassing'; value: JsonValue<E>; name: Ident }
export type JsonWrapper = 'NONE' | 'CONDITIONAL' | 'UNCONDITIONAL'
export type JsonMember<E> = Spanned & { kind: 'jsonMember'; key: E; value: JsonValue<E> }

/** `JSON_VALUE`, `JSON_QUERY`, `JSON_EXISTS` */
export interface JsonFunction<E> extends Spanned {
  kind: 'jsonFunction'
  op: 'VALUE' | 'QUERY' | 'EXISTS'
  context: JsonValue<E>
  path: E
  passing: JsonPassing<E>[]
  returning?: JsonOutput
  wrapper?: JsonWrapper
  quotes?: 'KEEP' | 'OMIT'
  onEmpty?: JsonBehavior<E>
  onError?: JsonBehavior<E>
}
/** `JSON_OBJECT(k VALUE v, …)`; `nulls` as written. */
export interface JsonObjectNode<E> extends Spanned {
  kind: 'jsonObject'
  members: JsonMember<E>[]
  nulls?: 'NULL' | 'ABSENT'
  unique: boolean
  returning?: JsonOutput
}
/** `JSON_ARRAY(x, …)` or `JSON_ARRAY(query)` */
export interface JsonArrayNode<E, Q> extends Spanned {
  kind: 'jsonArray'
  items: JsonValue<E>[]
  query?: Q
  queryFormat?: JsonFormat
  nulls?: 'NULL' | 'ABSENT'
  returning?: JsonOutput
}
/** `JSON_OBJECTAGG(k VALUE v)` with `key`, `JSON_ARRAYAGG(v ORDER BY …)` without. */
export interface JsonAggregateNode<E, O, W> extends Spanned {
  kind: 'jsonAggregate'
  key?: E
  value: JsonValue<E>
  orderBy: O[]
  nulls?: 'NULL' | 'ABSENT'
  unique: boolean
  returning?: JsonOutput
  filter?: E
  over?: Ident | W
}
/** `JSON(x)`, `JSON_SCALAR(x)`, `JSON_SERIALIZE(x RETURNING t)` */
export interface JsonOf<E> extends Spanned {
  kind: 'jsonOf'
  op: 'JSON' | 'SCALAR' | 'SERIALIZE'
  value: JsonValue<E>
  unique: boolean
  returning?: JsonOutput
}

export type JsonColumn<E> =
  | (Spanned & { kind: 'jsonOrdinality'; name: Ident })
  | (Spanned & {
      kind: 'jsonColumn'
      name: Ident
      type: TypeName
      exists: boolean
      format?: JsonFormat
      path?: string
      wrapper?: JsonWrapper
      quotes?: 'KEEP' | 'OMIT'
      onEmpty?: JsonBehavior<E>
      onError?: JsonBehavior<E>
    })
  | (Spanned & { kind: 'jsonNested'; path: string; name?: Ident; columns: JsonColumn<E>[] })

/** Stands in FROM alone. */
export interface JsonTable<E> extends Spanned {
  kind: 'jsonTable'
  context: JsonValue<E>
  path: E
  pathName?: Ident
  passing: JsonPassing<E>[]
  columns: JsonColumn<E>[]
  onError?: JsonBehavior<E>
}
