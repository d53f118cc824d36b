import type { Options } from '../options.ts'
import type { RegisteredSchema, RegistryAddress, SchemaReference } from '../schema-registry/registry.ts'

/** A schema as the catalog keeps it with its source: that of the reader, whatever the registry says later. */
export interface SchemaText {
  readonly text: string
  readonly references: readonly SchemaReference[]
}

/** Options of a FORMAT that uses a schema registry, as the catalog keeps them: flat, so that they are plain data. */
export const REGISTRY_OPTIONS = {
  url: 'registry url',
  user: 'registry user',
  password: 'registry password',
  ca: 'registry ca',
  certificate: 'registry certificate',
  key: 'registry key',
} as const satisfies Record<keyof RegistryAddress, string>

/** The registry of a format; null: it uses none. */
export function registryAddress(options: Options): RegistryAddress | null {
  const text = (name: keyof RegistryAddress): string | null => {
    const value = options[REGISTRY_OPTIONS[name]]
    return typeof value === 'string' ? value : null
  }
  const url = text('url')
  if (url === null) return null
  return {
    url,
    user: text('user'),
    password: text('password'),
    ca: text('ca'),
    certificate: text('certificate'),
    key: text('key'),
  }
}

/** The reader's schema among a format's options; null: its columns were declared. */
export function readerSchema(options: Options): SchemaText | null {
  const text = options['schema']
  if (typeof text !== 'string') return null
  const list = (options['schema references'] ?? []) as readonly string[]
  const references = Array.from({ length: list.length / 2 }, (_, i) => ({ name: list[2 * i], text: list[2 * i + 1] }))
  return { text, references }
}

/** The options that keep this schema. */
export function schemaOptions(schema: RegisteredSchema): Options {
  return {
    schema: schema.text,
    'schema id': schema.id,
    'schema references': schema.references.flatMap((each) => [each.name, each.text]),
  }
}
