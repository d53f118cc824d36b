import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import type { RunOptions } from './contract.ts'

/** What a jsonpath's variables stand for: members of an object. */
export function checkVariables({ variables }: RunOptions): void {
  if (variables === null || variables instanceof JsonObject) return
  throw new SqlError('22023', '"vars" argument is not an object', {
    detail: 'Jsonpath parameters should be encoded as key-value pairs of "vars" object.',
  })
}

export function variableOf({ variables }: RunOptions, name: string): JsonNode {
  if (variables === null) return null
  const value = (variables as JsonObject).get(name)
  if (value === undefined) throw new SqlError('42704', `could not find jsonpath variable "${name}"`)
  return value
}
