import { isUtf8 } from 'node:buffer'
import { SqlError } from '../../base/sql-error.ts'
import { type FindMembers, memberFinder } from '../../codec/json-members.ts'
import { compileJsonDecoder, type JsonDecoder } from '../../codec/json-scan.ts'
import type { Column } from '../../types/column.ts'
import { type ColumnBuilder, columnBuilder } from '../../types/column-build.ts'
import { JsonSyntaxError, parseJson } from '../../types/json-parse.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import type { RowType } from '../../types/sql-type.ts'
import { decodeUtf8 } from '../../types/utf8.ts'
import type { Options } from '../options.ts'
import {
  beginsAnew,
  type ChangeDecoder,
  type Opened,
  SOURCE_PARTS,
  type SourceParts,
  sourcePosition,
  UNAVAILABLE_BASE64,
  UNAVAILABLE_BYTES,
} from './change.ts'
import {
  debeziumReader,
  isSpecial,
  isUnavailable,
  type Meaning,
  meaningsOf,
  type ReadDebezium,
} from './debezium-value.ts'

const WRAPPER = memberFinder(['schema', 'payload'])
const ENVELOPE = memberFinder(['op', 'before', 'after', 'source', 'status', 'schema', 'payload'])
const SOURCE = memberFinder(SOURCE_PARTS)

/**
 * Change events in JSON, with Kafka Connect's schema around them or without. The row is scanned where it stands; columns whose
 * JSON needs a meaning (times, documents, bytes, decimals) are read by themselves.
 */
export class DebeziumJson implements ChangeDecoder {
  readonly fields: RowType
  kept: readonly number[] = []
  private readonly builders: readonly ColumnBuilder[]
  private readonly keys: readonly number[]
  private readonly options: Options
  private special: readonly number[] = []
  private scan!: JsonDecoder
  private plainBuilders: readonly ColumnBuilder[] = []
  private findSpecial!: FindMembers
  private readonly findKeys: FindMembers
  private readonly hasBytes: boolean
  private readonly wrapper = new Int32Array(4)
  private readonly envelope = new Int32Array(14)
  private readonly source = new Int32Array(2 * SOURCE_PARTS.length)
  private readonly places: Int32Array
  private readers: readonly ReadDebezium[] = []
  /** The schema around the last message, as bytes: nearly every message has the same. */
  private schemaBytes: Buffer | null = null
  private bytes: Uint8Array = new Uint8Array(0)

  /** `keys`: numbers of the key's columns. */
  constructor(fields: RowType, keys: readonly number[], options: Options) {
    this.fields = fields
    this.keys = keys
    this.options = options
    this.builders = fields.map((field) => columnBuilder(field.type, 64))
    this.findKeys = memberFinder(keys.map((c) => fields[c].name))
    this.places = new Int32Array(2 * fields.length)
    this.hasBytes = fields.some((field) => field.type.kind === 'bytea')
    this.read(null)
  }

  /** How the columns are read, by what a schema says of them. */
  private read(meanings: ReadonlyMap<string, Meaning> | null): void {
    const { fields, options } = this
    const meant = (name: string) => meanings?.get(name) ?? null
    const special = fields.map(({ name, type }) => isSpecial(type, options) || (meant(name)?.name ?? null) !== null)
    const plain = fields.flatMap((_, c) => (special[c] ? [] : [c]))
    this.special = fields.flatMap((_, c) => (special[c] ? [c] : []))
    this.scan = compileJsonDecoder(plain.map((c) => fields[c]))
    this.plainBuilders = plain.map((c) => this.builders[c])
    this.findSpecial = memberFinder(this.special.map((c) => fields[c].name))
    this.readers = fields.map(({ name, type }) => debeziumReader(type, meant(name), options))
  }

  open(bytes: Uint8Array, start: number, length: number): Opened {
    this.bytes = bytes
    const { envelope } = this
    if (!ENVELOPE(bytes, start, start + length, envelope)) return { refusal: whyNot(bytes, start, start + length) }
    if (envelope[0] < 0 && envelope[10] >= 0 && envelope[12] >= 0) {
      const [from, end] = [envelope[12], envelope[13]]
      if (isNull(bytes, from)) return 'tombstone'
      this.learn(envelope[10], envelope[11])
      if (!ENVELOPE(bytes, from, end, envelope)) return { refusal: whyNot(bytes, from, end) }
    }
    if (envelope[0] < 0) {
      // Where a transaction begins or ends, when that goes to the same topic.
      if (envelope[8] >= 0) return 'nothing'
      return { refusal: 'it is no change event of Debezium: it has no "op"' }
    }
    const parts = this.sourceParts()
    const op = this.textAt(this.envelope, 0) ?? ''
    return {
      op,
      hasBefore: this.has(1),
      hasAfter: this.has(2),
      position: sourcePosition(parts),
      snapshot: beginsAnew(op, parts.snapshot),
    }
  }

  after(): string | null {
    const [start, end] = this.range(2)
    this.kept = []
    if (this.mayBeUnavailable(start, end)) return this.slowly(start, end)
    if (!this.findSpecial(this.bytes, start, end, this.places)) return this.slowly(start, end)
    const rows = this.builders[0].length
    const reason = this.scan(this.bytes, start, end, this.plainBuilders) ?? this.readPlaces(this.special)
    if (reason === null) return null
    // Something odd: as a tree it is read after all, or says what is wrong.
    this.truncate(rows)
    return this.slowly(start, end)
  }

  before(): string | null {
    const [start, end] = this.range(1)
    return this.keyRow(this.bytes, start, end)
  }

  key(bytes: Uint8Array, start: number, length: number): string | null {
    const end = start + length
    if (WRAPPER(bytes, start, end, this.wrapper) && this.wrapper[2] >= 0 && this.wrapper[0] >= 0) {
      return this.keyRow(bytes, this.wrapper[2], this.wrapper[3])
    }
    return this.keyRow(bytes, start, end)
  }

  skip(): void {
    for (const builder of this.builders) builder.appendNull()
  }
  truncate(n: number): void {
    for (const builder of this.builders) builder.truncate(n)
  }
  finish(): Column[] {
    return this.builders.map((builder) => builder.finish())
  }

  private keyRow(bytes: Uint8Array, start: number, end: number): string | null {
    const rows = this.builders[0].length
    this.bytes = bytes
    if (!this.findKeys(bytes, start, end, this.places)) return whyNot(bytes, start, end)
    const reason = this.readPlaces(this.keys)
    if (reason !== null) {
      this.truncate(rows)
      return reason
    }
    for (const [c, builder] of this.builders.entries()) if (!this.keys.includes(c)) builder.appendNull()
    return null
  }

  /** The columns whose values stand at `places`. */
  private readPlaces(columns: readonly number[]): string | null {
    for (let i = 0; i < columns.length; i++) {
      const [start, end] = [this.places[2 * i], this.places[2 * i + 1]]
      const node = start < 0 ? null : nodeAt(this.bytes, start, end)
      if (typeof node === 'object' && node !== null && 'reason' in node) return node.reason as string
      const reason = this.put(columns[i], node as JsonNode)
      if (reason !== null) return reason
    }
    return null
  }

  private put(column: number, node: JsonNode): string | null {
    const field = this.fields[column]
    try {
      const value = node === null ? null : this.readers[column](node)
      if (value === null && !field.nullable) return `field "${field.name}" is null but declared NOT NULL`
      this.builders[column].append(value)
      return null
    } catch (error) {
      if (error instanceof SqlError) return `field "${field.name}": ${error.message}`
      throw error
    }
  }

  /** A row that was perhaps not sent whole, or is spelt oddly: as a tree. */
  private slowly(start: number, end: number): string | null {
    const node = nodeAt(this.bytes, start, end)
    if (!(node instanceof JsonObject)) {
      return node !== null && typeof node === 'object' && 'reason' in node
        ? node.reason
        : 'the row after it is no object'
    }
    const rows = this.builders[0].length
    const kept: number[] = []
    for (const [c, field] of this.fields.entries()) {
      const member = node.get(field.name) ?? null
      if (!this.keys.includes(c) && isUnavailable(member)) {
        kept.push(c)
        this.builders[c].appendNull()
        continue
      }
      const reason = this.put(c, member)
      if (reason !== null) {
        this.truncate(rows)
        return reason
      }
    }
    this.kept = kept
    return null
  }

  private mayBeUnavailable(start: number, end: number): boolean {
    const { buffer, byteOffset } = this.bytes
    const row = Buffer.from(buffer as ArrayBuffer, byteOffset + start, end - start)
    return row.includes(UNAVAILABLE_BYTES) || (this.hasBytes && row.includes(UNAVAILABLE_BASE64))
  }

  private learn(start: number, end: number): void {
    const { buffer, byteOffset } = this.bytes
    const schema = Buffer.from(buffer as ArrayBuffer, byteOffset + start, end - start)
    if (this.schemaBytes?.equals(schema)) return
    this.schemaBytes = Buffer.from(schema)
    const node = nodeAt(this.bytes, start, end)
    this.read(node instanceof JsonObject ? meaningsOf(node) : null)
  }

  private sourceParts(): SourceParts {
    const [start, end] = this.range(3)
    const parts: Record<string, string | null> = {}
    const found = start >= 0 && SOURCE(this.bytes, start, end, this.source)
    for (const [i, name] of SOURCE_PARTS.entries()) parts[name] = found ? this.textAt(this.source, i) : null
    return parts as SourceParts
  }

  private textAt(places: Int32Array, i: number): string | null {
    const [start, end] = [places[2 * i], places[2 * i + 1]]
    if (start < 0 || isNull(this.bytes, start)) return null
    const text = decodeUtf8(this.bytes, start, end)
    return text.charCodeAt(0) === 34 ? (JSON.parse(text) as string) : text
  }

  private has(i: number): boolean {
    const start = this.envelope[2 * i]
    return start >= 0 && !isNull(this.bytes, start)
  }
  private range(i: number): readonly [number, number] {
    return [this.envelope[2 * i], this.envelope[2 * i + 1]]
  }
}

const isNull = (bytes: Uint8Array, at: number): boolean => bytes[at] === 110

function nodeAt(bytes: Uint8Array, start: number, end: number): JsonNode | { readonly reason: string } {
  if (!isUtf8(bytes.subarray(start, end))) return { reason: 'malformed JSON: not valid UTF-8' }
  try {
    return parseJson(decodeUtf8(bytes, start, end))
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return { reason: `malformed JSON at character ${error.at + 1}: ${error.message}` }
  }
}

/** Why members could not be found. */
function whyNot(bytes: Uint8Array, start: number, end: number): string {
  const node = nodeAt(bytes, start, end)
  if (node !== null && typeof node === 'object' && 'reason' in node) return node.reason
  return node instanceof JsonObject ? 'a JSON object with escaped names, or nested too deep' : 'it is no JSON object'
}
