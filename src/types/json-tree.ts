/** JSON as a tree that keeps the text of numbers, and PostgreSQL's normal form and order of jsonb. */
export type JsonNode = null | boolean | string | JsonNumber | readonly JsonNode[] | JsonObject

/** A number as written: exact, whatever its size. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Members in textual order (json) or in jsonb's order (keys by length, then bytes; no duplicates). */
export class JsonObject {
  readonly entries: readonly (readonly [key: string, value: JsonNode])[]
  constructor(entries: readonly (readonly [key: string, value: JsonNode])[]) {
    this.entries = entries
  }
  /** The last member of that name. */
  get(key: string): JsonNode | undefined {
    for (let i = this.entries.length - 1; i >= 0; i--) if (this.entries[i][0] === key) return this.entries[i][1]
    return undefined
  }
}

/** Compact JSON text with numbers as they were written. */
export function formatJson(node: JsonNode): string {
  if (node === null || typeof node === 'boolean') return String(node)
  if (typeof node === 'string') return JSON.stringify(node)
  if (node instanceof JsonNumber) return node.text
  if (node instanceof JsonObject) {
    return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${formatJson(value)}`).join(',')}}`
  }
  return `[${(node as readonly JsonNode[]).map(formatJson).join(',')}]`
}
