import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { FULL_BELOW_BYTES, freeBytes } from './free-room.ts'

export const BALLAST_BYTES = 64 * 2 ** 20

export function ballastPath(directory: string): string {
  return join(directory, 'ballast')
}

/** False: there was none. */
export function giveBallastBack(directory: string): boolean {
  const path = ballastPath(directory)
  const held = statSync(path, { throwIfNoEntry: false }) !== undefined
  rmSync(path, { force: true })
  return held
}

/**
 * Keeps room on the disk: when it fills up the store fails, gives the ballast back, and the next start can recover. So
 * does a start that finds the disk full. False when the disk has too little room for it now.
 */
export function ensureBallast(directory: string, bytes = BALLAST_BYTES): boolean {
  const path = ballastPath(directory)
  const held = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const free = freeBytes(directory)
  if (held > 0 && free < FULL_BELOW_BYTES) {
    giveBallastBack(directory)
    return false
  }
  if (held === bytes) return true
  if (free < bytes * 2) return false
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
