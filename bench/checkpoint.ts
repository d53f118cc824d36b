import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { silentLog as log } from '../src/base/log.ts'
import { systemRuntime as runtime } from '../src/base/runtime.ts'
import type { Checkpointer } from '../src/state/checkpoint.ts'
import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../src/state/contract.ts'
import { createState, type State } from '../src/state/factory.ts'
import { openLmdbStore } from '../src/state/lmdb/store.ts'
import { recoverState } from '../src/state/recovery.ts'
import { INT8 } from '../src/types/sql-type.ts'
import { median } from './measure.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'

const DIRTY_ROWS = 100_000
const BATCH = 4096

interface Stall {
  /** Longest delay of the event loop while it ran, wall time. */
  readonly loopMs: number
  /** Longest slice of copying, and all of it: processor time of this thread. */
  readonly sliceMs: number
  readonly copyMs: number
  /** Checksums and handing over to the store's thread: processor time of this thread. */
  readonly handMs: number
  /** From the first copy until it is durable, wall time. */
  readonly allMs: number
}

/** 100,000 changed groups, scattered over a large table, into a checkpoint: what the engine thread feels of it. */
export const checkpoint: Scenario = {
  name: 'checkpoint',
  title: 'checkpoint of 100 k dirty rows, LMDB in a temporary directory',
  async *run({ runs, quick }: BenchOptions): AsyncIterable<Figure> {
    const rows = quick ? 500_000 : 1_000_000
    const stalls = await measure(rows, runs)
    const figure = (name: string, of: keyof Stall, target: string, note: string): Figure => {
      return { name, unit: 'ms', ours: median(stalls.map((stall) => stall[of])), peer: null, target, note }
    }
    const held = `${DIRTY_ROWS / 1000} k of ${rows / 1e6} M groups`
    yield figure('engine thread, longest slice of copying', 'sliceMs', '≤ 5', `${held}; CPU time of the thread`)
    yield figure('engine thread, all copying', 'copyMs', '', `${held}; CPU time of the thread`)
    yield figure('engine thread, checksums and handing over', 'handMs', '', `${held}; CPU time of the thread`)
    yield figure('longest delay of the event loop', 'loopMs', '≤ 25', 'wall time, timer of 1 ms')
    yield figure('until durable', 'allMs', '≤ 50', 'wall time')
  },
}

async function measure(rows: number, runs: number): Promise<Stall[]> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const store = openLmdbStore({ directory, runtime, ballastBytes: 4096 })
  try {
    const { checkpointer } = await recoverState({ store, state: createState(), runtime, log })
    const state = createState()
    const table = state.keyedTable({ id: 'groups', keyTypes: [INT8], columns: ['f64', 'f64'] })
    fill(table, rows)
    await write(state, checkpointer, 1)
    await checkpointer.settle()
    const stalls: Stall[] = []
    for (let run = 0; run < runs; run++) {
      change(table, rows, run)
      stalls.push(await write(state, checkpointer, 2 + run))
    }
    await checkpointer.settle()
    return stalls
  } finally {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

function fill(table: KeyedTable, rows: number): void {
  const slots = new Int32Array(BATCH)
  for (let start = 0; start < rows; start += BATCH) {
    const n = Math.min(BATCH, rows - start)
    const data = Float64Array.from({ length: n }, (_, i) => ((start + i) * 2_654_435_761) % 4_294_967_291)
    table.findOrInsert([{ kind: 'f64', data, nulls: null }], n, slots)
    for (let i = 0; i < n; i++) {
      table.touch(slots[i])
      table.chunkF64(0, slots[i] >> CHUNK_SHIFT)[slots[i] & CHUNK_MASK] = 1
    }
  }
}

function change(table: KeyedTable, rows: number, run: number): void {
  const step = rows / DIRTY_ROWS
  for (let i = 0; i < DIRTY_ROWS; i++) {
    const slot = Math.floor(i * step)
    table.touch(slot)
    table.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += run + 1
  }
}

/** As the engine does it: slices of copying with turns of the event loop between them, then the store's thread writes. */
async function write(state: State, checkpointer: Checkpointer, tick: number): Promise<Stall> {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  await new Promise((resolve) => setTimeout(resolve, 20))
  delays.reset()
  const start = performance.now()
  const collecting = state.collect()
  let sliceMs = 0
  let copyMs = 0
  for (;;) {
    const before = threadMs()
    const step = collecting.next()
    const slice = threadMs() - before
    copyMs += slice
    sliceMs = Math.max(sliceMs, slice)
    if (step.done === true) {
      const beforeWrite = threadMs()
      await checkpointer.write({ tick, deltas: step.value, extras: new Uint8Array(0) })
      const handMs = threadMs() - beforeWrite
      const allMs = performance.now() - start
      delays.disable()
      return { loopMs: delays.max / 1e6, sliceMs, copyMs, handMs, allMs }
    }
    await runtime.yieldToIo()
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
