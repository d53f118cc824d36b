import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { encodeUtf8 } from '../../types/utf8.ts'
import type { AvroFixed, AvroType } from './schema.ts'

/**
 * A default of a schema in Avro's binary encoding, so that it is read as any other value is: one path for logical types,
 * unions and nested records.
 */
export function encodeDefault(type: AvroType, node: JsonNode): Uint8Array {
  try {
    return encodeNode(type, node, (_, same) => same)
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    throw new SqlError('22023', `invalid default in an Avro schema: ${error.message}`)
  }
}

/** A JSON value that is none of its schema's type. */
export class Misfit extends Error {}

/** What a JSON value is to be written as, where it stands for more than its JSON says (a text for a time). */
export type Prepare = (type: AvroType, node: JsonNode) => JsonNode

/** JSON in Avro's binary encoding; throws Misfit. */
export function encodeNode(type: AvroType, node: JsonNode, prepare: Prepare): Uint8Array {
  const out: number[] = []
  write(type, node, out, prepare)
  return Uint8Array.from(out)
}

function write(type: AvroType, given: JsonNode, out: number[], prepare: Prepare): void {
  const node = prepare(type, given)
  switch (type.kind) {
    case 'null':
      if (node === null) return
      break
    case 'boolean':
      if (typeof node !== 'boolean') break
      out.push(node ? 1 : 0)
      return
    case 'int':
    case 'long':
      if (!(node instanceof JsonNumber) || !/^-?\d+$/.test(node.text)) break
      writeLong(BigInt(node.text), out)
      return
    case 'float':
    case 'double': {
      const value = node instanceof JsonNumber ? Number(node.text) : WORDS[String(node)]
      if (value === undefined) break
      const bytes = type.kind === 'float' ? Float32Array.of(value) : Float64Array.of(value)
      out.push(...new Uint8Array(bytes.buffer))
      return
    }
    case 'string':
      if (typeof node !== 'string') break
      writeBytes(encodeUtf8(node), out)
      return
    case 'bytes':
    case 'fixed': {
      // One character a byte.
      if (typeof node !== 'string' || [...node].some((c) => c.charCodeAt(0) > 255)) break
      const bytes = Buffer.from(node, 'latin1')
      if (type.kind === 'bytes') writeBytes(bytes, out)
      else if (bytes.length === (type as AvroFixed).size) out.push(...bytes)
      else break
      return
    }
    case 'enum': {
      const index = typeof node === 'string' ? type.symbols.indexOf(node) : -1
      if (index < 0) break
      writeLong(BigInt(index), out)
      return
    }
    case 'array':
      if (!Array.isArray(node)) break
      if (node.length > 0) writeLong(BigInt(node.length), out)
      for (const item of node as readonly JsonNode[]) write(type.items, item, out, prepare)
      out.push(0)
      return
    case 'map':
      if (!(node instanceof JsonObject)) break
      if (node.entries.length > 0) writeLong(BigInt(node.entries.length), out)
      for (const [key, value] of node.entries) {
        writeBytes(encodeUtf8(key), out)
        write(type.values, value, out, prepare)
      }
      out.push(0)
      return
    case 'record':
      if (!(node instanceof JsonObject)) break
      for (const field of type.fields) {
        const own = node.get(field.name)
        const value = own === undefined ? field.default : own
        if (value === undefined) throw new Misfit(`field "${field.name}" has no value`)
        inField(field.name, () => write(field.type, value, out, prepare))
      }
      return
    case 'union':
      if (writeUnion(type.branches, node, out, prepare)) return
      break
  }
  throw new Misfit(`it is no ${type.kind}`)
}

/** Nested ones say where they are. */
function inField(name: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw error instanceof Misfit && !error.message.startsWith('field ')
      ? new Misfit(`field "${name}": ${error.message}`)
      : error
  }
}

const WORDS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }

/** The first type that takes it; the specification once had the first alone. */
function writeUnion(branches: readonly AvroType[], node: JsonNode, out: number[], prepare: Prepare): boolean {
  for (const [index, branch] of branches.entries()) {
    const bytes: number[] = []
    try {
      write(branch, node, bytes, prepare)
    } catch (error) {
      if (error instanceof Misfit) continue
      throw error
    }
    writeLong(BigInt(index), out)
    out.push(...bytes)
    return true
  }
  return false
}

function writeBytes(bytes: Uint8Array, out: number[]): void {
  writeLong(BigInt(bytes.length), out)
  out.push(...bytes)
}

function writeLong(value: bigint, out: number[]): void {
  let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  while (left > 127n) {
    out.push(Number(left & 127n) | 128)
    left >>= 7n
  }
  out.push(Number(left))
}
