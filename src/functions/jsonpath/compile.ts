import { parseJsonPath } from '../../types/jsonpath/parse.ts'
import type { JsonPath } from '../../types/jsonpath/tree.ts'

/** Paths are texts: each is parsed once while it stays in use. */
const CACHED_MAX = 200

const cache = new Map<string, JsonPath>()

export function compilePath(text: string): JsonPath {
  let path = cache.get(text)
  if (path === undefined) {
    path = parseJsonPath(text)
    if (cache.size >= CACHED_MAX) cache.clear()
    cache.set(text, path)
  }
  return path
}
