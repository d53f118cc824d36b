import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { normalizeJson } from '../../types/jsonb.ts'
import type { Datum } from '../../types/value.ts'
import { integerStep, isArray } from './steps.ts'

/**
 * What happens at the end of a path. `assign`: as an assignment to a subscript has it: what is missing on the way is
 * made, with nulls before it in arrays, and a scalar on the way is an error.
 */
export type Change = 'create' | 'replace' | 'delete' | 'before' | 'after' | 'assign'

/** What the value at the end of the path becomes; undefined for `delete`. */
export interface PathChange {
  readonly change: Change
  readonly path: readonly Datum[]
  readonly value: JsonNode | undefined
}

const adds = (change: Change): boolean => change !== 'replace' && change !== 'delete'

/** A copy with the change made. The path has one step at least. */
export function setPath(node: JsonNode, spec: PathChange, level = 0): JsonNode {
  const step = spec.path[level] as string | null
  if (step === null) throw new SqlError('22004', `path element at position ${level + 1} is null`)
  if (node instanceof JsonObject) return normalizeJson(new JsonObject(inObject(node, step, spec, level)))
  if (isArray(node)) return inArray(node, step, spec, level)
  if (spec.change === 'assign') throw notComposite()
  return node
}

const notComposite = (): SqlError =>
  new SqlError('22023', 'cannot replace existing key', {
    detail: 'The path assumes key is a composite object, but it is a scalar value.',
  })

type Entries = readonly (readonly [string, JsonNode])[]

function inObject(node: JsonObject, step: string, spec: PathChange, level: number): Entries {
  const { change, value, path } = spec
  const last = level === path.length - 1
  const at = node.entries.findIndex(([key]) => key === step)
  if (at < 0) {
    if (last) return adds(change) ? [...node.entries, [step, value as JsonNode]] : node.entries
    return change === 'assign' ? [...node.entries, [step, newPath(spec, level + 1)]] : node.entries
  }
  if (!last) return node.entries.map(([key, own], i) => [key, i === at ? setPath(own, spec, level + 1) : own])
  if (change === 'before' || change === 'after') {
    throw new SqlError('22023', 'cannot replace existing key', {
      hint: 'Try using the function jsonb_set to replace key value.',
    })
  }
  if (change === 'delete') return node.entries.filter((_, i) => i !== at)
  return node.entries.map(([key, own], i) => [key, i === at ? (value as JsonNode) : own])
}

function inArray(items: readonly JsonNode[], step: string, spec: PathChange, level: number): readonly JsonNode[] {
  const { change, value, path } = spec
  const last = level === path.length - 1
  const given = integerStep(step)
  if (given === undefined) {
    throw new SqlError('22P02', `path element at position ${level + 1} is not an integer: "${step}"`)
  }
  const index = given < 0 ? items.length + given : given
  if (index < 0 && change === 'assign') {
    throw new SqlError('22023', `path element at position ${level + 1} is out of range: ${given}`)
  }
  if (index >= 0 && index < items.length) {
    if (!last) return items.map((own, i) => (i === index ? setPath(own, spec, level + 1) : own))
    return items.toSpliced(index, 1, ...atEnd(change, items[index], value as JsonNode))
  }
  if (last) {
    if (!adds(change)) return items
    return index < 0 ? [value as JsonNode, ...items] : [...filled(items, index, change), value as JsonNode]
  }
  return change === 'assign' ? [...filled(items, index, change), newPath(spec, level + 1)] : items
}

function atEnd(change: Change, own: JsonNode, value: JsonNode): readonly JsonNode[] {
  switch (change) {
    case 'delete':
      return []
    case 'before':
      return [value, own]
    case 'after':
      return [own, value]
    default:
      return [value]
  }
}

/** An assignment beyond the end puts nulls before it. */
function filled(items: readonly JsonNode[], index: number, change: Change): readonly JsonNode[] {
  if (change !== 'assign' || index <= items.length) return items
  if (index > GAP_MAX)
    throw new SqlError('54000', 'total size of jsonb array elements exceeds the maximum of 268435455 bytes')
  return [...items, ...new Array<JsonNode>(index - items.length).fill(null)]
}

/** Nulls that one assignment may make: more than fit into a jsonb array of PostgreSQL. */
const GAP_MAX = 10_000_000

/** What an assignment makes of the steps that lead nowhere yet: arrays for integers, else objects. */
function newPath(spec: PathChange, level: number): JsonNode {
  if (level === spec.path.length) return spec.value as JsonNode
  const step = spec.path[level] as string
  const index = integerStep(step)
  const inner = newPath(spec, level + 1)
  if (index === undefined) return new JsonObject([[step, inner]])
  return [...filled([], index, 'assign'), inner]
}
