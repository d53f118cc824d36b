/**
 * What reading a topic needs of a schema registry (Confluent's REST interface), and nothing more.
 *
 * Laws: every call ends within its time limit, with a RegistryError that names host and reason; nothing is retried. What is
 * found under an id never changes.
 */
export interface SchemaRegistry {
  /** The newest version of a subject; null: there is no such subject. */
  latest(subject: string): Promise<RegisteredSchema | null>
  /** null: there is no such id. */
  byId(id: number): Promise<RegisteredSchema | null>
  close(): void
}

export type SchemaKind = 'avro' | 'protobuf' | 'json'

export interface RegisteredSchema {
  readonly id: number
  readonly kind: SchemaKind
  readonly text: string
  /** Schemas that it uses, theirs included, each before what uses it. */
  readonly references: readonly SchemaReference[]
}

export interface SchemaReference {
  /** As the using schema names it: a full name (Avro), a file (Protobuf), a URI (JSON Schema). */
  readonly name: string
  readonly text: string
}

/** Where a registry is and how it is asked: plain data. */
export interface RegistryAddress {
  readonly url: string
  readonly user: string | null
  readonly password: string | null
  /** PEM: the certificate authorities to trust instead of the system's. */
  readonly ca: string | null
  /** PEM: the client's certificate and key. */
  readonly certificate: string | null
  readonly key: string | null
}

export type OpenRegistry = (address: RegistryAddress) => SchemaRegistry
