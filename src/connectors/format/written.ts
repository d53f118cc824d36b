import { SqlError } from '../../base/sql-error.ts'
import type { RegisteredSchema, SchemaKind, SchemaRegistry } from '../schema-registry/registry.ts'
import { RegistryError } from '../schema-registry/registry-error.ts'
import type { Wait } from './format.ts'

/** Magic byte 0, then the id of the schema that the payload was written with (4 bytes, big end first). */
export const HEADER_BYTES = 5
/** Decoders of writers' schemas kept; the oldest goes first. */
const KEPT_MAX = 256

/** What was made of a writer's schema, or the reason why its payloads are dead letters. */
export type Made<T> = { readonly of: T } | { readonly reason: string }

/** A reader's and a writer's schema that do not go together, in words that name the field. */
export class Incompatible extends Error {}

/**
 * Writers' schemas by the ids that payloads carry: each is asked of the registry when it is first met, and made into
 * something that reads its payloads. An id that nobody knows is a fault of the record. A schema that cannot be read through
 * the source's own ends the reader: leaving records out silently is what nobody wants.
 */
export class WriterSchemas<T> {
  private readonly registry: SchemaRegistry
  private readonly kind: SchemaKind
  private readonly make: (schema: RegisteredSchema) => T
  private readonly made = new Map<number, Made<T>>()

  /** `make` throws Incompatible, or a SqlError for a text that is no schema. */
  constructor(registry: SchemaRegistry, kind: SchemaKind, make: (schema: RegisteredSchema) => T) {
    this.registry = registry
    this.kind = kind
    this.make = make
  }

  /** What reads this payload; a text: it is a dead letter; or what has to be waited for. */
  of(bytes: Uint8Array, start: number, length: number): Made<T> | Wait {
    if (length < HEADER_BYTES) return { reason: `${length} bytes are too few for a payload with a schema's id` }
    if (bytes[start] !== 0) {
      const byte = bytes[start].toString(16).padStart(2, '0')
      return { reason: `a payload with a schema's id begins with byte 00, not ${byte}` }
    }
    const id = ((bytes[start + 1] << 24) | (bytes[start + 2] << 16) | (bytes[start + 3] << 8) | bytes[start + 4]) >>> 0
    return this.made.get(id) ?? { ready: () => this.learn(id) }
  }

  private async learn(id: number): Promise<void> {
    const schema = await this.registry.byId(id)
    if (this.made.size === KEPT_MAX) this.made.delete(this.made.keys().next().value!)
    this.made.set(id, schema === null ? { reason: `the schema registry has no schema ${id}` } : this.read(schema))
  }

  private read(schema: RegisteredSchema): Made<T> {
    if (schema.kind !== this.kind) {
      return { reason: `schema ${schema.id} is of kind ${schema.kind}, the source reads ${this.kind}` }
    }
    try {
      return { of: this.make(schema) }
    } catch (error) {
      if (error instanceof Incompatible) {
        const message = `records written with schema ${schema.id} cannot be read: ${error.message}`
        throw new RegistryError('refused', '42804', message)
      }
      if (error instanceof SqlError) {
        throw new RegistryError('refused', error.sqlstate, `schema ${schema.id}: ${error.message}`)
      }
      throw error
    }
  }
}
