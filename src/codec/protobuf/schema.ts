/** Protobuf messages as plain data: names resolved. A message that holds itself is a circle of objects. */
export interface ProtoMessage {
  /** Full name, without a leading dot. */
  readonly name: string
  readonly fields: readonly ProtoField[]
}

export interface ProtoField {
  readonly name: string
  readonly number: number
  readonly type: ProtoType
  readonly shape: 'single' | 'repeated' | 'map'
  /** Of a map: a scalar. */
  readonly key: ProtoScalar | null
  /** Not there is something else than zero: NULL. */
  readonly presence: boolean
  /** proto2's. */
  readonly required: boolean
}

export type ProtoType =
  | { readonly kind: ProtoScalar }
  | { readonly kind: 'enum'; readonly names: ReadonlyMap<number, string> }
  | { readonly kind: 'message'; readonly message: ProtoMessage }

export const PROTO_SCALARS = [
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const
export type ProtoScalar = (typeof PROTO_SCALARS)[number]

/** A file of definitions: its messages by their places in it, nested ones too. */
export interface ProtoFile {
  /** The message at a path of indexes, as payloads name it; undefined: there is none. */
  at(path: readonly number[]): ProtoMessage | undefined
  /** By full or unqualified name. */
  named(name: string): ProtoMessage | undefined
}
