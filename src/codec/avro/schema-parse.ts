import { SqlError } from '../../base/sql-error.ts'
import { JsonSyntaxError, parseJson } from '../../types/json-parse.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { logicalOf } from './logical.ts'
import type { AvroEnum, AvroField, AvroFixed, AvroRecord, AvroType } from './schema.ts'

/** A schema is at most this deep; a registry takes a megabyte of text. */
const DEPTH_MAX = 200

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
const NAME = /^[A-Za-z_\p{L}][\w\p{L}]*$/u

/** Text of a schema → its graph. `references`: texts whose named types it uses, in an order in which each is known in time. */
export function parseAvroSchema(text: string, references: readonly string[] = []): AvroType {
  const parser = new Parser()
  for (const reference of references) parser.type(nodeOf(reference), '', 0)
  return parser.type(nodeOf(text), '', 0)
}

function nodeOf(text: string): JsonNode {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    // A primitive may stand bare, without quotes.
    if (PRIMITIVES.has(text.trim())) return text.trim()
    throw invalid(`it is not JSON: ${error.message}`)
  }
}

function invalid(reason: string): SqlError {
  return new SqlError('22023', `invalid Avro schema: ${reason}`)
}

class Parser {
  private readonly named = new Map<string, AvroType>()

  type(node: JsonNode, namespace: string, depth: number): AvroType {
    if (depth > DEPTH_MAX) throw invalid(`it is nested more than ${DEPTH_MAX} deep`)
    if (typeof node === 'string') return this.byName(node, namespace)
    if (Array.isArray(node)) return this.union(node, namespace, depth)
    if (!(node instanceof JsonObject)) throw invalid('a type is a name, an object or a list')
    const type = node.get('type')
    if (type === undefined) throw invalid('an object without "type"')
    if (typeof type !== 'string') return this.type(type, namespace, depth + 1)
    switch (type) {
      case 'record':
      case 'error':
        return this.record(node, namespace, depth)
      case 'enum':
        return this.enumeration(node, namespace)
      case 'fixed':
        return this.fixed(node, namespace)
      case 'array':
        return { kind: 'array', items: this.type(required(node, 'items'), namespace, depth + 1) }
      case 'map':
        return { kind: 'map', values: this.type(required(node, 'values'), namespace, depth + 1) }
      default: {
        const named = this.byName(type, namespace)
        if (!PRIMITIVES.has(type)) return named
        return { kind: named.kind as 'string', logical: logicalOf(node, type, 0) }
      }
    }
  }

  private byName(name: string, namespace: string): AvroType {
    if (PRIMITIVES.has(name)) return { kind: name as 'string', logical: null }
    const found = this.named.get(fullName(name, namespace)) ?? this.named.get(name)
    if (found === undefined) throw invalid(`type "${name}" is not defined`)
    return found
  }

  private union(nodes: readonly JsonNode[], namespace: string, depth: number): AvroType {
    if (nodes.some((each) => Array.isArray(each))) throw invalid('a union directly inside a union')
    const branches = nodes.map((each) => this.type(each, namespace, depth + 1))
    if (branches.length === 0) throw invalid('a union without types')
    const keys = branches.map(branchKey)
    const twice = keys.find((key, i) => keys.indexOf(key) < i)
    if (twice !== undefined) throw invalid(`a union with two types of kind "${twice}"`)
    return { kind: 'union', branches }
  }

  private record(node: JsonObject, namespace: string, depth: number): AvroRecord {
    const fields: AvroField[] = []
    const record: AvroRecord = {
      kind: 'record',
      ...this.names(node, namespace),
      fields,
      logical: logicalOf(node, 'record', 0),
    }
    this.define(record)
    const inner = record.name.includes('.') ? record.name.slice(0, record.name.lastIndexOf('.')) : ''
    for (const each of listOf(required(node, 'fields'), 'fields')) {
      if (!(each instanceof JsonObject)) throw invalid(`a field of record "${record.name}" is no object`)
      const name = each.get('name')
      if (typeof name !== 'string' || name === '') throw invalid(`a field of record "${record.name}" has no name`)
      if (fields.some((field) => field.name === name)) {
        throw invalid(`record "${record.name}" has two fields "${name}"`)
      }
      const type = this.type(required(each, 'type'), inner, depth + 1)
      fields.push({ name, aliases: texts(each.get('aliases')), type, default: each.get('default') })
    }
    return record
  }

  private enumeration(node: JsonObject, namespace: string): AvroEnum {
    const symbols = texts(required(node, 'symbols'))
    const given = node.get('default')
    const type: AvroEnum = {
      kind: 'enum',
      ...this.names(node, namespace),
      symbols,
      default: typeof given === 'string' ? given : null,
    }
    if (symbols.length === 0) throw invalid(`enum "${type.name}" has no symbols`)
    if (type.default !== null && !symbols.includes(type.default)) {
      throw invalid(`the default "${type.default}" of enum "${type.name}" is none of its symbols`)
    }
    this.define(type)
    return type
  }

  private fixed(node: JsonObject, namespace: string): AvroFixed {
    const size = Number(sizeText(required(node, 'size')))
    const names = this.names(node, namespace)
    if (!Number.isSafeInteger(size) || size < 0) throw invalid(`fixed "${names.name}" needs a size`)
    const type: AvroFixed = { kind: 'fixed', ...names, size, logical: logicalOf(node, 'fixed', size) }
    this.define(type)
    return type
  }

  private names(node: JsonObject, namespace: string): { name: string; aliases: readonly string[] } {
    const name = node.get('name')
    if (typeof name !== 'string' || !name.split('.').every((part) => NAME.test(part))) {
      throw invalid(`a named type needs a name, not ${typeof name === 'string' ? `"${name}"` : 'nothing'}`)
    }
    const given = node.get('namespace')
    const full = fullName(name, typeof given === 'string' ? given : namespace)
    const own = full.includes('.') ? full.slice(0, full.lastIndexOf('.')) : ''
    return { name: full, aliases: texts(node.get('aliases')).map((alias) => fullName(alias, own)) }
  }

  private define(type: AvroRecord | AvroEnum | AvroFixed): void {
    if (this.named.has(type.name)) throw invalid(`type "${type.name}" is defined twice`)
    this.named.set(type.name, type)
  }
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}

function branchKey(type: AvroType): string {
  return 'name' in type ? type.name : type.kind
}

function required(node: JsonObject, name: string): JsonNode {
  const value = node.get(name)
  if (value === undefined) throw invalid(`"${name}" is missing`)
  return value
}

function listOf(node: JsonNode, what: string): readonly JsonNode[] {
  if (!Array.isArray(node)) throw invalid(`"${what}" is no list`)
  return node as readonly JsonNode[]
}

function texts(node: JsonNode | undefined): readonly string[] {
  if (node === undefined || node === null) return []
  const list = listOf(node, 'names')
  if (!list.every((each) => typeof each === 'string')) throw invalid('a list of names holds something else')
  return list as readonly string[]
}

const sizeText = (node: JsonNode): string => (node instanceof JsonNumber ? node.text : '')
