import { unreachable } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import type { PathMethod, PathStep } from '../../types/jsonpath/tree.ts'
import { numericAbs, numericCeil, numericFloor, numericFromFloat, numericToFloat } from '../../types/numeric-arith.ts'
import { parseFloat8 } from '../../types/text/number.ts'
import { isArray } from '../json/steps.ts'
import { binaryPlace } from './binary-place.ts'
import { type Item, itemType, numberItem, numberOf, pathError } from './items.ts'
import { parseIso } from './moment.ts'
import { parseTemplate } from './template.ts'

/** Item methods of jsonpath: what each makes of one item. Throws what a path that is not silent reports. */
type Step = Extract<PathStep, { kind: 'method' | 'datetime' }>

export function methodOf(step: Step | 'type' | 'size', item: Item): Item {
  if (step === 'type') return itemType(item)
  if (step === 'size')
    return new JsonNumber(String(isArray(item as JsonNode) ? (item as readonly JsonNode[]).length : 1))
  return step.kind === 'datetime' ? moment(item, step.template) : numeric(step.name, item)
}

function numeric(name: PathMethod, item: Item): Item {
  if (name === 'double') return double(item)
  if (!(item instanceof JsonNumber)) {
    throw pathError('22036', `jsonpath item method .${name}() can only be applied to a numeric value`)
  }
  const value = numberOf(item)
  switch (name) {
    case 'abs':
      return numberItem(numericAbs(value))
    case 'floor':
      return numberItem(numericFloor(value))
    case 'ceiling':
      return numberItem(numericCeil(value))
    case 'type':
    case 'size':
    case 'keyvalue':
      return item
    default:
      return unreachable(name)
  }
}

function double(item: Item): Item {
  if (item instanceof JsonNumber) {
    if (Number.isFinite(numericToFloat(numberOf(item)))) return item
    throw pathError(
      '22036',
      'numeric argument of jsonpath item method .double() is out of range for type double precision',
    )
  }
  if (typeof item !== 'string') {
    throw pathError('22036', 'jsonpath item method .double() can only be applied to a string or numeric value')
  }
  const value = read(item)
  if (Number.isFinite(value)) return numberItem(numericFromFloat(value, 15))
  throw pathError(
    '22036',
    'string argument of jsonpath item method .double() is not a valid representation of a double precision number',
  )
}

function read(text: string): number {
  try {
    return parseFloat8(text)
  } catch (error) {
    if (error instanceof SqlError) return NaN
    throw error
  }
}

function moment(item: Item, template: string | null): Item {
  if (typeof item !== 'string') {
    throw pathError('22031', 'jsonpath item method .datetime() can only be applied to a string')
  }
  if (template !== null) return parseTemplate(item, template)
  const found = parseIso(item)
  if (found !== undefined) return found
  throw pathError(
    '22031',
    `datetime format is not recognized: "${item}"`,
    'Use a datetime template argument to specify the input data format.',
  )
}

/** The value that an object lies in, by which `.keyvalue()` tells it from others. */
export interface Base {
  readonly id: number
  readonly root: JsonNode
}

/** An object of id, key and value for each member. */
export function* keyValues(object: JsonObject, base: Base): Generator<JsonObject, void, void> {
  const id = binaryPlace(base.root, object) + base.id * 10_000_000_000
  for (const [key, value] of object.entries) {
    yield new JsonObject([
      ['id', new JsonNumber(String(id))],
      ['key', key],
      ['value', value],
    ])
  }
}
