import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, readable by its owner alone. One at a time: `mkdirSync` with `recursive` never
 * returns below /proc (Node 24.21), where a folder cannot be made although its parent exists.
 */
export function ensureDirectory(path: string): void {
  if (existsSync(path)) return
  const parent = dirname(path)
  if (parent !== path) ensureDirectory(parent)
  mkdirSync(path, { mode: 0o700 })
}
