import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export const BALLAST_BYTES = 64 * 2 ** 20

export function ballastPath(directory: string): string {
  return join(directory, 'ballast')
}

/**
 * Keeps room on the disk: when it fills up the store fails, gives the ballast back, and the next start can recover.
 * False when the disk has too little room for it now.
 */
export function ensureBallast(directory: string, bytes = BALLAST_BYTES): boolean {
  const path = ballastPath(directory)
  const held = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (held === bytes) return true
  const disk = statfsSync(directory)
  if (disk.bavail * disk.bsize < bytes * 2) return false
  const file = openSync(path, 'w')
  try {
    const zeros = new Uint8Array(Math.min(bytes, 1 << 20))
    // Written, not truncated to size: a sparse file would hold no room.
    for (let at = 0; at < bytes; at += zeros.length) writeSync(file, zeros, 0, Math.min(zeros.length, bytes - at))
    return true
  } catch {
    rmSync(path, { force: true })
    return false
  } finally {
    closeSync(file)
  }
}
