import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog as log } from '../src/base/log.ts'
import { systemRuntime as runtime } from '../src/base/runtime.ts'
import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../src/state/contract.ts'
import { createState, type State } from '../src/state/factory.ts'
import { openLmdbStore } from '../src/state/lmdb/store.ts'
import { recoverState } from '../src/state/recovery.ts'
import type { Batch } from '../src/types/batch.ts'
import type { Column } from '../src/types/column.ts'
import { INT8, TEXT } from '../src/types/sql-type.ts'

/** Figures of the state layer: `node bench/state.bench.ts [rows]`. Prints; asserts nothing. */
const ROWS = Number(process.argv[2] ?? 1_000_000)
const BATCH = 4096
const now = () => runtime.monotonicMs()
/** Processor time of this thread: rates hold on a busy machine too. */
const cpu = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
const line = (name: string, figure: string) => console.log(`${name.padEnd(58)} ${figure}`)
const rate = (rows: number, ms: number) => `${(rows / ms / 1000).toFixed(2)} M rows/s`

/** Keys in no order, none twice. */
function keyOf(i: number): number {
  return (i * 2_654_435_761) % 4_294_967_291
}
function numbers(start: number, n: number, f: (i: number) => number): Column {
  return { kind: 'f64', data: Float64Array.from({ length: n }, (_, k) => f(start + k)), nulls: null }
}
function texts(start: number, n: number): Column {
  const parts = Array.from({ length: n }, (_, k) => Buffer.from(`item ${start + k}`))
  const offsets = new Int32Array(n + 1)
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i] + part.length
  })
  return { kind: 'str', bytes: Buffer.concat(parts), offsets, nulls: null, strings: null }
}
function batches(rows: number, make: (start: number, n: number) => Column[]): Batch[] {
  const out: Batch[] = []
  for (let start = 0; start < rows; start += BATCH) {
    const n = Math.min(BATCH, rows - start)
    out.push({ n, diffs: new Int32Array(n).fill(1), cols: make(start, n) })
  }
  return out
}
function timed(name: string, work: readonly Batch[], each: (batch: Batch) => void): void {
  let rows = 0
  let worst = 0
  const start = cpu()
  for (const batch of work) {
    const before = cpu()
    each(batch)
    rows += batch.n
    worst = Math.max(worst, cpu() - before)
  }
  line(name, `${rate(rows, cpu() - start)}, slowest batch ${worst.toFixed(1)} ms`)
}

function groups(state: State): KeyedTable {
  const table = state.keyedTable({ id: 'groups', keyTypes: [INT8], columns: ['f64'] })
  const slots = new Int32Array(BATCH)
  const work = batches(ROWS, (start, n) => [numbers(start, n, keyOf)])
  const add = (batch: Batch) => {
    table.findOrInsert(batch.cols, batch.n, slots)
    for (let i = 0; i < batch.n; i++) {
      const slot = slots[i]
      table.touch(slot)
      table.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += 1
    }
  }
  timed('keyed table: new keys, one sum', work, add)
  timed('keyed table: known keys, one sum', work, add)
  line('keyed table: bytes a group', (table.bytes() / table.rows).toFixed(1))
  return table
}

function arranged(state: State): void {
  const unique = state.arrangement({ id: 'unique', types: [INT8, INT8, INT8], key: [0] })
  const narrow = batches(ROWS, (start, n) => [
    numbers(start, n, keyOf),
    numbers(start, n, (i) => i),
    numbers(start, n, (i) => i % 100),
  ])
  timed('arrangement, unique key, 3 numbers: insert', narrow, (batch) => unique.apply(batch))
  line('arrangement, unique key, 3 numbers: bytes a row', (unique.bytes() / unique.rows).toFixed(1))
  const out = { n: 0, probe: new Int32Array(BATCH), slot: new Int32Array(BATCH) }
  timed('arrangement, unique key: probe', narrow, (batch) => unique.probe([batch.cols[0]], batch.n, out))
  timed('arrangement, unique key: probe and gather 2 columns', narrow, (batch) => {
    unique.probe([batch.cols[0]], batch.n, out)
    unique.gather([1, 2], out.slot, out.n)
  })
  const many = state.arrangement({ id: 'many', types: [INT8, INT8, TEXT], key: [0] })
  const shared = batches(ROWS, (start, n) => [
    numbers(start, n, (i) => keyOf(i) % (ROWS / 10)),
    numbers(start, n, (i) => i),
    texts(start, n),
  ])
  timed('arrangement, 10 rows a key, a text: insert', shared, (batch) => many.apply(batch))
  line('arrangement, 10 rows a key, a text: bytes a row', (many.bytes() / many.rows).toFixed(1))
  const order = [{ column: 1, desc: true, nullsFirst: false }]
  const sorted = createState().arrangement({ id: 'sorted', types: [INT8, INT8, INT8], key: [], order })
  const some = narrow.slice(0, Math.ceil(narrow.length / 5))
  timed('arrangement, one group in order: insert', some, (batch) => sorted.apply(batch))
  line('arrangement, one group in order: bytes a row', (sorted.bytes() / sorted.rows).toFixed(1))
}

async function durable(state: State, table: KeyedTable, remake: (state: State) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const options = { runtime, log }
  let store = openLmdbStore({ directory, runtime, ballastBytes: 4096 })
  const { checkpointer } = await recoverState({ store, state: createState(), ...options })
  const checkpoint = async (name: string, tick: number) => {
    const rows = state.dirtyRows()
    const collecting = state.collect()
    let copied = 0
    let slowest = 0
    for (let done = false; !done; ) {
      const before = cpu()
      const step = collecting.next()
      copied += cpu() - before
      slowest = Math.max(slowest, cpu() - before)
      if (step.done === true) {
        done = true
        const bytesBefore = checkpointer.done.bytes
        const start = now()
        await checkpointer.write({ tick, deltas: step.value, extras: new Uint8Array(0) })
        const mb = ((checkpointer.done.bytes - bytesBefore) / 2 ** 20).toFixed(1)
        const copy = `copy ${copied.toFixed(0)} ms (longest slice ${slowest.toFixed(1)})`
        line(`${name}: ${rows} rows, ${mb} MB`, `${copy}, write ${(now() - start).toFixed(0)} ms`)
      } else await runtime.yieldToIo()
    }
  }
  await checkpoint('checkpoint of everything', 1)
  const settling = now()
  await checkpointer.settle()
  line('compactions after it', `${checkpointer.done.compactions} in ${(now() - settling).toFixed(0)} ms`)
  for (let i = 0; i < 100_000; i++) table.touch(Math.floor((i * ROWS) / 100_000))
  await checkpoint('checkpoint of scattered changes', 2)
  await checkpointer.settle()
  line('bytes on disk', `${((await store.sizeBytes()) / 2 ** 20).toFixed(0)} MB`)
  await store.close()
  store = openLmdbStore({ directory, runtime, ballastBytes: 4096 })
  await store.sizeBytes()
  const fresh = createState()
  remake(fresh)
  const restart = now()
  const restartCpu = cpu()
  const { rows } = await recoverState({ store, state: fresh, ...options })
  const used = cpu() - restartCpu
  line(
    'restart',
    `${rows} rows in ${(now() - restart).toFixed(0)} ms, ${used.toFixed(0)} ms of processor, ${rate(rows, used)}`,
  )
  await store.close()
  rmSync(directory, { recursive: true })
}

const state = createState()
const table = groups(state)
arranged(state)
await durable(state, table, (fresh) => {
  fresh.keyedTable({ id: 'groups', keyTypes: [INT8], columns: ['f64'] })
  fresh.arrangement({ id: 'unique', types: [INT8, INT8, INT8], key: [0] })
  fresh.arrangement({ id: 'many', types: [INT8, INT8, TEXT], key: [0] })
})
