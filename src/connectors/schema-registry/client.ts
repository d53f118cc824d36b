import type { HttpAnswer, HttpGet } from './http-get.ts'
import type { RegisteredSchema, SchemaKind, SchemaReference, SchemaRegistry } from './registry.ts'
import { RegistryError } from './registry-error.ts'

/** Schemas kept by id; the least recently asked goes first. */
const KEPT_MAX = 1_000
/** All references of a schema, theirs included. */
const REFERENCES_MAX = 256

/** Confluent's REST interface: /subjects/…/versions/…, /schemas/ids/…, references followed. */
export class RegistryClient implements SchemaRegistry {
  private readonly get: HttpGet
  private readonly name: string
  private readonly kept = new Map<number, Promise<RegisteredSchema | null>>()

  /** `name`: the registry's URL without secrets, for messages. */
  constructor(get: HttpGet, name: string) {
    this.get = get
    this.name = name
  }

  async latest(subject: string): Promise<RegisteredSchema | null> {
    const found = await this.version(subject, 'latest')
    return found === null ? null : this.whole(found, numberOf(found, 'id') ?? this.odd('no id'))
  }

  byId(id: number): Promise<RegisteredSchema | null> {
    const known = this.kept.get(id)
    if (known !== undefined) {
      this.kept.delete(id)
      this.kept.set(id, known)
      return known
    }
    const asked = this.fetchId(id)
    this.kept.set(id, asked)
    if (this.kept.size > KEPT_MAX) this.kept.delete(this.kept.keys().next().value!)
    // A failure, or an id that is not there yet, is asked for again.
    const forget = () => {
      if (this.kept.get(id) === asked) this.kept.delete(id)
    }
    asked.then((schema) => schema === null && forget(), forget)
    return asked
  }

  close(): void {
    this.kept.clear()
  }

  private async fetchId(id: number): Promise<RegisteredSchema | null> {
    const found = await this.ask(`/schemas/ids/${id}`)
    return found === null ? null : this.whole(found, id)
  }

  private version(subject: string, version: number | 'latest'): Promise<Answer | null> {
    return this.ask(`/subjects/${encodeURIComponent(subject)}/versions/${version}`)
  }

  private async whole(found: Answer, id: number): Promise<RegisteredSchema> {
    const references: SchemaReference[] = []
    await this.follow(found, references, new Set())
    return { id, kind: this.kindOf(found), text: this.textOf(found), references }
  }

  /** References in an order in which each comes before what uses it. */
  private async follow(found: Answer, into: SchemaReference[], seen: Set<string>): Promise<void> {
    const list = found['references'] ?? []
    if (!Array.isArray(list)) this.odd('its references are no list')
    for (const each of list as readonly Answer[]) {
      const { name, subject, version } = each as { name?: unknown; subject?: unknown; version?: unknown }
      if (typeof name !== 'string' || typeof subject !== 'string' || typeof version !== 'number') {
        return this.odd('a reference without name, subject and version')
      }
      if (seen.has(name)) continue
      seen.add(name)
      if (seen.size > REFERENCES_MAX) this.odd(`more than ${REFERENCES_MAX} references`)
      const used = await this.version(subject, version)
      if (used === null) {
        throw new RegistryError(
          'refused',
          '42704',
          `version ${version} of subject "${subject}", which a schema refers to, does not exist in schema registry "${this.name}"`,
        )
      }
      await this.follow(used, into, seen)
      into.push({ name, text: this.textOf(used) })
    }
  }

  private async ask(path: string): Promise<Answer | null> {
    const answer = await this.get(path)
    if (answer.status === 404 && isRegistrys404(answer.body)) return null
    if (answer.status !== 200) throw this.refused(answer)
    const parsed = parsedJson(answer.body)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Answer) : this.odd('no JSON object')
  }

  private refused({ status, body }: HttpAnswer): RegistryError {
    const said = (parsedJson(body) as { message?: unknown } | undefined)?.message
    const reason = typeof said === 'string' ? `: ${said}` : status === 404 ? ': is the address right?' : ''
    if (status === 401 || status === 403) {
      return new RegistryError('refused', '28000', `schema registry "${this.name}" refused the credentials${reason}`)
    }
    const kind = status >= 500 || status === 429 ? 'retry' : 'refused'
    return new RegistryError(kind, '58000', `schema registry "${this.name}" answered with status ${status}${reason}`)
  }

  private kindOf(found: Answer): SchemaKind {
    const type = found['schemaType'] ?? 'AVRO'
    const kind = (KINDS as Record<string, SchemaKind | undefined>)[String(type).toUpperCase()]
    return kind ?? this.odd(`schema type ${String(type)}`)
  }

  private textOf(found: Answer): string {
    const text = found['schema']
    return typeof text === 'string' ? text : this.odd('no schema')
  }

  private odd(what: string): never {
    throw new RegistryError(
      'refused',
      '58000',
      `schema registry "${this.name}" gave an answer that is not understood: ${what}`,
    )
  }
}

type Answer = Readonly<Record<string, unknown>>

const KINDS = { AVRO: 'avro', PROTOBUF: 'protobuf', JSON: 'json' } as const satisfies Record<string, SchemaKind>

/** 40401: no such subject, 40402: no such version, 40403: no such schema. Any web server knows 404. */
function isRegistrys404(body: string): boolean {
  const code = (parsedJson(body) as { error_code?: unknown } | undefined)?.error_code
  return typeof code === 'number' && Math.floor(code / 100) === 404
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function numberOf(found: Answer, name: string): number | null {
  const value = found[name]
  return typeof value === 'number' ? value : null
}
