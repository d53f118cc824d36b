import type { StoreEntry } from './store.ts'

const RUN_MAX = 512

/** Bytes → bytes in memcmp order: sorted runs of at most 512 keys. Keys are held as latin1 strings, which sort alike. */
export class OrderedMap {
  private readonly runs: { readonly keys: string[]; readonly values: Uint8Array[] }[] = []
  bytes = 0

  get(key: Uint8Array): Uint8Array | undefined {
    const text = latin1(key)
    const run = this.runs[this.runOf(text)]
    if (run === undefined) return undefined
    const at = lowerBound(run.keys, text)
    return run.keys[at] === text ? run.values[at] : undefined
  }
  put(key: Uint8Array, value: Uint8Array): void {
    const text = latin1(key)
    const r = this.runOf(text)
    if (r >= this.runs.length) this.runs.push({ keys: [], values: [] })
    const run = this.runs[r]
    const at = lowerBound(run.keys, text)
    this.bytes += value.length
    if (run.keys[at] === text) {
      this.bytes -= run.values[at].length
      run.values[at] = value
      return
    }
    this.bytes += text.length
    run.keys.splice(at, 0, text)
    run.values.splice(at, 0, value)
    if (run.keys.length > RUN_MAX) {
      const half = RUN_MAX >> 1
      this.runs.splice(r + 1, 0, { keys: run.keys.splice(half), values: run.values.splice(half) })
    }
  }
  remove(key: Uint8Array): void {
    const text = latin1(key)
    const r = this.runOf(text)
    const run = this.runs[r]
    if (run === undefined) return
    const at = lowerBound(run.keys, text)
    if (run.keys[at] !== text) return
    this.bytes -= text.length + run.values[at].length
    run.keys.splice(at, 1)
    run.values.splice(at, 1)
    if (run.keys.length === 0) this.runs.splice(r, 1)
  }
  *range(from: Uint8Array, to: Uint8Array): Generator<StoreEntry> {
    const end = latin1(to)
    const start = latin1(from)
    for (let r = this.runOf(start); r < this.runs.length; r++) {
      const { keys, values } = this.runs[r]
      for (let at = lowerBound(keys, start); at < keys.length; at++) {
        if (keys[at] >= end) return
        yield { key: Buffer.from(keys[at], 'latin1'), value: values[at] }
      }
    }
  }
  copy(): OrderedMap {
    const copy = new OrderedMap()
    for (const { keys, values } of this.runs) copy.runs.push({ keys: [...keys], values: [...values] })
    copy.bytes = this.bytes
    return copy
  }
  /** The first run whose last key is not below the key; the last run when all are below. */
  private runOf(key: string): number {
    let low = 0
    let high = this.runs.length - 1
    while (low < high) {
      const mid = (low + high) >> 1
      const { keys } = this.runs[mid]
      if (keys[keys.length - 1] < key) low = mid + 1
      else high = mid
    }
    return low
  }
}

function latin1(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (keys[mid] < key) low = mid + 1
    else high = mid
  }
  return low
}
