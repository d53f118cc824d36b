import { expect, it } from 'vitest'
import type { Log } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { Journal } from '../state/journal.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import { Progress } from './progress.ts'

it('says how far a start is about once a second, and nothing of a short one', () => {
  let nowMs = 0
  const runtime = { ...systemRuntime, monotonicMs: () => nowMs }
  const lines: string[] = []
  const ignore = () => {}
  const log: Log = {
    debug: ignore,
    info: (what, fields) => lines.push(`${what} ${JSON.stringify(fields)}`),
    warn: ignore,
    error: ignore,
  }
  const progress = new Progress(runtime, log)
  for (let rows = 0; rows <= 250; rows++) {
    progress.tell('loading the checkpoint', { rows, of: 250 })
    nowMs += 10
  }
  expect(lines).toEqual([
    'loading the checkpoint {"rows":100,"of":250}',
    'loading the checkpoint {"rows":200,"of":250}',
  ])
})

it('knows how many ticks the journal has without reading them', async () => {
  const journal = new Journal(openMemoryStore(systemRuntime))
  for (let tick = 7; tick <= 119; tick++) {
    await journal.append(tick, [Uint8Array.of(1)])
    if (tick === 7 || tick === 8 || tick === 10 || tick === 119) {
      expect(await journal.lastTick(7)).toBe(tick)
      expect(await journal.lastTick(tick)).toBe(tick)
    }
  }
})
