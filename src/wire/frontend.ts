import type { RawParam } from '../session/contract.ts'
import { BodyReader } from './body-reader.ts'
import type { Frame } from './frame-reader.ts'
import { WIRE_LIMITS } from './limits.ts'
import { protocolViolation } from './protocol-error.ts'

/** What a client may send after startup. */
export type FrontendMessage =
  | { readonly kind: 'query'; readonly sql: string }
  | { readonly kind: 'parse'; readonly name: string; readonly sql: string; readonly paramOids: readonly number[] }
  | {
      readonly kind: 'bind'
      readonly portal: string
      readonly statement: string
      readonly params: readonly RawParam[]
      readonly resultFormats: readonly (0 | 1)[]
    }
  | { readonly kind: 'describe'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'execute'; readonly portal: string; readonly maxRows: number }
  | { readonly kind: 'close'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'flush' }
  | { readonly kind: 'sync' }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'copyData'; readonly data: Buffer }
  | { readonly kind: 'copyDone' }
  | { readonly kind: 'copyFail'; readonly reason: string }
  | { readonly kind: 'functionCall' }
  | { readonly kind: 'password' }

export type FrontendKind = FrontendMessage['kind']

interface MessageForm {
  readonly kind: FrontendKind
  readonly bytesMax: number
  read(body: BodyReader, frame: Frame): FrontendMessage
}

const SMALL = WIRE_LIMITS.smallMessageBytesMax
const LARGE = WIRE_LIMITS.messageBytesMax

const FORMS = {
  query: { type: 'Q', bytesMax: LARGE, read: (body) => ({ kind: 'query', sql: body.text() }) },
  parse: { type: 'P', bytesMax: LARGE, read: readParse },
  bind: { type: 'B', bytesMax: LARGE, read: readBind },
  describe: { type: 'D', bytesMax: SMALL, read: (body) => ({ kind: 'describe', ...readTarget(body, 'DESCRIBE') }) },
  execute: {
    type: 'E',
    bytesMax: SMALL,
    // A negative limit means all rows, as in PostgreSQL.
    read: (body) => ({ kind: 'execute', portal: body.text(), maxRows: Math.max(0, body.int32()) }),
  },
  close: { type: 'C', bytesMax: SMALL, read: (body) => ({ kind: 'close', ...readTarget(body, 'CLOSE') }) },
  flush: { type: 'H', bytesMax: SMALL, read: () => ({ kind: 'flush' }) },
  sync: { type: 'S', bytesMax: SMALL, read: () => ({ kind: 'sync' }) },
  terminate: { type: 'X', bytesMax: SMALL, read: () => ({ kind: 'terminate' }) },
  copyData: { type: 'd', bytesMax: LARGE, read: (body) => ({ kind: 'copyData', data: body.bytes(body.remaining) }) },
  copyDone: { type: 'c', bytesMax: SMALL, read: () => ({ kind: 'copyDone' }) },
  copyFail: { type: 'f', bytesMax: SMALL, read: (body) => ({ kind: 'copyFail', reason: body.text() }) },
  functionCall: {
    type: 'F',
    bytesMax: LARGE,
    read(body) {
      body.bytes(body.remaining)
      return { kind: 'functionCall' }
    },
  },
  password: {
    type: 'p',
    bytesMax: SMALL,
    read(body) {
      body.bytes(body.remaining)
      return { kind: 'password' }
    },
  },
} satisfies Record<FrontendKind, { type: string; bytesMax: number; read(body: BodyReader): FrontendMessage }>

const BY_TYPE: (MessageForm | undefined)[] = new Array(256).fill(undefined)
for (const kind of Object.keys(FORMS) as FrontendKind[]) {
  const form: { type: string; bytesMax: number; read(body: BodyReader): FrontendMessage } = FORMS[kind]
  BY_TYPE[form.type.charCodeAt(0)] = { kind, bytesMax: form.bytesMax, read: form.read }
}

export function frontendLimit(type: number): number | undefined {
  return BY_TYPE[type]?.bytesMax
}

/** What a frame is, before its body is judged: a malformed message of the extended protocol still skips to Sync. */
export function frontendKind(frame: Frame): FrontendKind {
  const form = BY_TYPE[frame.type]
  if (form === undefined) throw protocolViolation(`invalid frontend message type ${frame.type}`)
  return form.kind
}

export function readFrontend(frame: Frame): FrontendMessage {
  const form = BY_TYPE[frame.type]
  if (form === undefined) throw protocolViolation(`invalid frontend message type ${frame.type}`)
  const body = new BodyReader(frame.body)
  const message = form.read(body, frame)
  body.end()
  return message
}

function readParse(body: BodyReader): FrontendMessage {
  const name = body.text()
  const sql = body.text()
  const paramOids: number[] = []
  for (let n = body.uint16(); n > 0; n--) paramOids.push(body.uint32())
  return { kind: 'parse', name, sql, paramOids }
}

function readBind(body: BodyReader): FrontendMessage {
  const portal = body.text()
  const statement = body.text()
  const formats = readFormats(body)
  const count = body.uint16()
  if (formats.length > 1 && formats.length !== count) {
    throw protocolViolation(`bind message has ${formats.length} parameter formats but ${count} parameters`)
  }
  const params: RawParam[] = []
  for (let i = 0; i < count; i++) {
    const length = body.int32()
    const format = formats.length === 0 ? 0 : formats.length === 1 ? formats[0] : formats[i]
    params.push({ format, bytes: length === -1 ? null : body.bytes(length) })
  }
  return { kind: 'bind', portal, statement, params, resultFormats: readFormats(body) }
}

function readFormats(body: BodyReader): (0 | 1)[] {
  const formats: (0 | 1)[] = []
  for (let n = body.uint16(); n > 0; n--) {
    const format = body.int16()
    if (format !== 0 && format !== 1) throw protocolViolation(`invalid format code: ${format}`)
    formats.push(format)
  }
  return formats
}

function readTarget(body: BodyReader, message: string): { what: 'statement' | 'portal'; name: string } {
  const what = body.byte()
  if (what !== 0x53 && what !== 0x50) throw protocolViolation(`invalid ${message} message subtype ${what}`)
  return { what: what === 0x53 ? 'statement' : 'portal', name: body.text() }
}
