/** `KEY VALUE`, a JSON value and whatever follows it: `{"id": 1} {"id": 1, "name": "a"}`, `"k1" null`. */
export function splitKeyed(line: string): { readonly key: string; readonly value: string } {
  const text = line.trim()
  const end = jsonEnd(text)
  const value = text.slice(end).trim()
  if (value === '') throw new Error(`a line of keyed records is a key and a value, not ${text}`)
  return { key: text.slice(0, end), value }
}

/** Where the JSON value at the beginning ends. */
function jsonEnd(text: string): number {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
    else if (depth === 0 && /\s/.test(c!)) return i
    if (!quoted && depth === 0 && /["}\]]/.test(c!)) return i + 1
  }
  return text.length
}
