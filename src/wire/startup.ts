import { SqlError } from '../base/sql-error.ts'
import { BodyReader } from './body-reader.ts'
import { FatalError, protocolViolation } from './protocol-error.ts'

/** The first packet of a connection. */
export type StartupPacket =
  | { readonly kind: 'ssl' }
  | { readonly kind: 'gssenc' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secretKey: number }
  | StartupRequest

export interface StartupRequest {
  readonly kind: 'startup'
  readonly user: string
  readonly database: string
  /** Initial settings by lower-case name, in the order given; those of `options` (-c name=value) first. */
  readonly settings: ReadonlyMap<string, string>
  /** Set when the client asked for a newer minor version or for protocol options that are not known. */
  readonly negotiate: { readonly unknownOptions: readonly string[] } | null
}

export const PROTOCOL_NEWEST = 3 << 16
const CANCEL_REQUEST = (1234 << 16) | 5678
const SSL_REQUEST = (1234 << 16) | 5679
const GSSENC_REQUEST = (1234 << 16) | 5680

export function readStartup(packet: Buffer): StartupPacket {
  const body = new BodyReader(packet)
  const code = body.uint32()
  if (code === CANCEL_REQUEST) {
    const pid = body.int32()
    const secretKey = body.int32()
    body.end()
    return { kind: 'cancel', pid, secretKey }
  }
  if (code === SSL_REQUEST || code === GSSENC_REQUEST) {
    body.end()
    return { kind: code === SSL_REQUEST ? 'ssl' : 'gssenc' }
  }
  const major = code >>> 16
  const minor = code & 0xffff
  if (major !== 3) {
    throw new FatalError(
      new SqlError('0A000', `unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.0`),
    )
  }
  return readParameters(body, minor)
}

function readParameters(body: BodyReader, minor: number): StartupRequest {
  const given = new Map<string, string>()
  const unknownOptions: string[] = []
  for (;;) {
    const name = body.text()
    if (name === '') break
    const value = body.text()
    if (name.startsWith('_pq_.')) unknownOptions.push(name)
    else given.set(name.toLowerCase(), value)
  }
  if (body.remaining > 0) throw protocolViolation('invalid startup packet layout: expected terminator as last byte')
  const user = given.get('user') ?? ''
  if (user === '') throw new SqlError('28000', 'no PostgreSQL user name specified in startup packet')
  const replication = given.get('replication')
  if (replication !== undefined && !/^(false|off|no|0)$/i.test(replication)) {
    throw new SqlError('0A000', 'replication connections are not supported')
  }
  const settings = new Map<string, string>()
  for (const [name, value] of commandLineOptions(given.get('options') ?? '')) settings.set(name, value)
  for (const [name, value] of given) {
    if (!['user', 'database', 'options', 'replication'].includes(name)) settings.set(name, value)
  }
  const negotiate = minor > 0 || unknownOptions.length > 0 ? { unknownOptions } : null
  return { kind: 'startup', user, database: given.get('database') || user, settings, negotiate }
}

/** `-c name=value` and `--name=value`, blanks escaped by a backslash: what PGOPTIONS may hold. */
function commandLineOptions(text: string): [string, string][] {
  const words = text.match(/(?:\\.|\S)+/g)?.map((word) => word.replace(/\\(.)/g, '$1')) ?? []
  const options: [string, string][] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    const assignment = word === '-c' ? (words[++i] ?? '') : word.startsWith('-c') ? word.slice(2) : dashed(word)
    const equals = assignment.indexOf('=')
    if (equals < 1) throw new SqlError('42601', `invalid command-line argument for server process: ${word}`)
    options.push([assignment.slice(0, equals).replaceAll('-', '_').toLowerCase(), assignment.slice(equals + 1)])
  }
  return options
}

function dashed(word: string): string {
  return word.startsWith('--') ? word.slice(2) : ''
}
