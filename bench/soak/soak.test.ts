import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type SoakFigures, soak } from './run.ts'

const LONG = process.env['MILLRACE_SOAK'] === '1'
const [EVENTS, WINDOWS] = LONG ? [20_000_000, 2000] : [60_000, 200]
const EVERY = WINDOWS / 20

test(
  'what is held of the windows that have passed does not grow: rows, bytes of state, changes kept for subscribers',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-soak-'))
    const seen: SoakFigures[] = []
    try {
      for await (const held of soak({ events: EVENTS, windows: WINDOWS, every: EVERY, directory })) seen.push(held)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
    // The views live: nearly all windows have closed, each once (hopping ones overlap).
    const [tumbled, hopped, visits] = seen.at(-1)!.closed
    expect(tumbled).toBeGreaterThanOrEqual(WINDOWS - 1)
    expect(tumbled).toBeLessThanOrEqual(WINDOWS + 1)
    expect(hopped).toBeGreaterThanOrEqual(2 * WINDOWS - 2)
    expect(visits).toBeGreaterThan(WINDOWS)
    // The clock lets changes go after ten minutes, which are sixty windows: the first third has them fill up.
    const filled = Math.max(60, WINDOWS / 3)
    const early = seen.filter((held) => held.windows <= filled)
    const late = seen.filter((held) => held.windows > filled)
    const most = (of: readonly SoakFigures[], what: 'rows' | 'stateBytes' | 'logBytes') =>
      Math.max(...of.map((held) => held[what]))
    for (const what of ['rows', 'stateBytes', 'logBytes'] as const) {
      expect(most(late, what), what).toBeLessThanOrEqual(most(early, what) * 1.25)
    }
    if (LONG) expect(most(late, 'rows')).toBeLessThan(EVENTS / 100)
  },
  LONG ? 7_200_000 : 300_000,
)
