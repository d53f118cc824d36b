import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in ticks of 10 ms. */
const TICK_MS = 10

/** Processor time of a process and its children that live, all threads; null where /proc does not tell. */
export function processCpuMs(pid: number): number | null {
  try {
    const all = readdirSync('/proc')
      .map(Number)
      .filter((id) => Number.isInteger(id))
      .map(statOf)
    let ms = 0
    for (const stat of all) if (stat !== null && (stat.pid === pid || stat.parent === pid)) ms += stat.ms
    return ms
  } catch {
    return null
  }
}

function statOf(pid: number): { pid: number; parent: number; ms: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { pid, parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS }
  } catch {
    return null
  }
}
