import { statfsSync } from 'node:fs'

/** LMDB's, in the data directory. */
export const FILE = 'millrace.mdb'

/**
 * A disk with less room than this counts as full. Filled to the last page LMDB often says EIO: the system wrote a part
 * of what it was given, and LMDB does not ask why.
 */
export const FULL_BELOW_BYTES = 4 << 20

/** Infinity where the system does not tell. */
export function freeBytes(directory: string): number {
  try {
    const disk = statfsSync(directory)
    return disk.bavail * disk.bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Whether a write failed for want of room, given how much there is after it. */
export function wantedRoom(error: unknown, free: number): boolean {
  const text = error instanceof Error ? error.message : String(error)
  if (/ENOSPC|No space left|EDQUOT|quota exceeded|MDB_MAP_FULL/i.test(text)) return true
  return free < FULL_BELOW_BYTES
}
