import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT } from '../contract.ts'

/** NULL marks of a gathered column; null when none of the slots is NULL. */
export function gatherNulls(
  chunks: readonly { readonly nulls: Uint8Array | null }[],
  slots: Int32Array,
  n: number,
): Uint8Array | null {
  let out: Uint8Array | null = null
  for (let k = 0; k < n; k++) {
    const nulls = chunks[slots[k] >> CHUNK_SHIFT].nulls
    if (nulls === null || nulls[slots[k] & CHUNK_MASK] === 0) continue
    out ??= new Uint8Array(n)
    out[k] = 1
  }
  return out
}

/** Marks a slot of a chunk; the marks appear with the first NULL. */
export function setNull(chunk: { nulls: Uint8Array | null }, at: number, isNull: boolean): void {
  if (isNull) {
    chunk.nulls ??= new Uint8Array(CHUNK_ROWS)
    chunk.nulls[at] = 1
  } else if (chunk.nulls !== null) chunk.nulls[at] = 0
}
