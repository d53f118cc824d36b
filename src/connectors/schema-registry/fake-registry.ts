import { RegistryClient } from './client.ts'
import type { HttpAnswer, HttpGet } from './http-get.ts'
import type { OpenRegistry } from './registry.ts'
import { RegistryError } from './registry-error.ts'

interface Stored {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly schemaType?: string
  readonly schema: string
  readonly references?: readonly Reference[]
}

export interface Reference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A schema registry in memory that answers as Confluent's does, below the client. */
export class FakeRegistry {
  down = false
  /** Paths asked for. */
  readonly asked: string[] = []
  private readonly stored: Stored[] = []

  /** Registers a version; returns its id. */
  register(
    subject: string,
    schema: unknown,
    schemaType: 'AVRO' | 'PROTOBUF' | 'JSON' = 'AVRO',
    references: readonly Reference[] = [],
  ): number {
    const version = 1 + this.stored.filter((each) => each.subject === subject).length
    const id = this.stored.length + 1
    const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
    const type = schemaType === 'AVRO' ? {} : { schemaType }
    this.stored.push({ subject, version, id, schema: text, references, ...type })
    return id
  }

  readonly get: HttpGet = async (path) => {
    this.asked.push(path)
    if (this.down)
      throw new RegistryError('connection', '08001', 'could not reach schema registry "http://sr:8081": it is down')
    return this.answer(path)
  }

  readonly open: OpenRegistry = (address) => new RegistryClient(this.get, address.url)

  private answer(path: string): HttpAnswer {
    const byId = /^\/schemas\/ids\/(\d+)$/.exec(path)
    if (byId !== null) {
      const found = this.stored.find((each) => each.id === Number(byId[1]))
      return found === undefined ? missing(40403, 'Schema not found') : found_({ ...found, id: undefined })
    }
    const ofSubject = /^\/subjects\/([^/]+)\/versions\/(\w+)$/.exec(path)
    const subject = decodeURIComponent(ofSubject?.[1] ?? '')
    const versions = this.stored.filter((each) => each.subject === subject)
    if (versions.length === 0) return missing(40401, `Subject '${subject}' not found.`)
    const wanted = ofSubject?.[2] === 'latest' ? versions.length : Number(ofSubject?.[2])
    const found = versions[wanted - 1]
    return found === undefined ? missing(40402, 'Version not found.') : found_(found)
  }
}

const found_ = (body: object): HttpAnswer => ({ status: 200, body: JSON.stringify(body) })
const missing = (code: number, message: string): HttpAnswer => ({
  status: 404,
  body: JSON.stringify({ error_code: code, message }),
})

/** A payload with its header: magic byte, id. */
export function framed(id: number, body: Uint8Array): Uint8Array {
  const header = Buffer.alloc(5)
  header.writeUInt32BE(id, 1)
  return Buffer.concat([header, body])
}
