import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'
import { type SoakFigures, soak } from './soak/run.ts'

const EVENTS = 20_000_000
const WINDOWS = 2000

/** What is held must not grow with the windows that have passed; rates are by the way. */
export const soakWindows: Scenario = {
  name: 'soak',
  title: '20 M events over 2,000 windows through the engine on LMDB: what is held after so many windows',
  async *run({ quick }: BenchOptions): AsyncIterable<Figure> {
    const [events, windows] = quick ? [EVENTS / 100, WINDOWS / 10] : [EVENTS, WINDOWS]
    const directory = mkdtempSync(join(tmpdir(), 'millrace-soak-'))
    let first: SoakFigures | null = null
    let last: SoakFigures | null = null
    let cpuMs = 0
    try {
      for await (const held of soak({ events, windows, every: windows / 20, directory })) {
        const note = `state ${mb(held.stateBytes)} MB, logs ${mb(held.logBytes)}, heap ${mb(held.heapBytes)}, buffers ${mb(held.buffersBytes)}, disk ${mb(held.diskBytes)}`
        yield figure(`${held.windows} windows: rows of state`, 'rows', held.rows, null, note)
        yield figure(
          `${held.windows} windows: memory`,
          'MB',
          held.ownBytes / 1e6,
          null,
          'of the process, without files',
        )
        cpuMs += held.cpuMs
        last = held
        // The first ones fill what the windows need, and the optimising compiler works.
        if (first === null && held.windows >= windows / 10) first = held
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
    if (first === null || last === null) return
    const peer = (value: number) => ({ name: `after ${first.windows}`, value })
    yield figure('rows of state in the end', 'rows', last.rows, peer(first.rows), '')
    yield figure('memory in the end', 'MB', last.ownBytes / 1e6, peer(first.ownBytes / 1e6), '')
    yield figure('events', 'events/CPU s', (events * 1000) / cpuMs, null, 'five views, journal and checkpoints')
  },
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1)

function figure(name: string, unit: string, ours: number, peer: Figure['peer'], note: string): Figure {
  return { name, unit, ours, peer, target: '', note }
}
