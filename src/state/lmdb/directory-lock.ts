import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDirectory } from '../../base/ensure-directory.ts'
import { SqlError } from '../../base/sql-error.ts'

/** Who holds a data directory. In a container every pid is 1, so start time and boot tell processes apart. */
interface Owner {
  readonly pid: number
  /** Clock ticks since boot; '' where /proc does not tell. */
  readonly started: string
  readonly boot: string
}

/** Takes the data directory for this process, or explains who has it. Returns the release. */
export function lockDirectory(directory: string): () => void {
  ensureDirectory(directory)
  const path = join(directory, 'lock')
  const mine = JSON.stringify(ownerOf(process.pid))
  const own = `${path}.${process.pid}`
  writeFileSync(own, mine)
  try {
    for (let attempt = 0; attempt < 8; attempt++) {
      if (link(own, path)) {
        return () => {
          if (readText(path) === mine) rmSync(path, { force: true })
        }
      }
      const found = readText(path)
      if (found === undefined) continue
      const owner = parse(found)
      if (owner !== null && isAlive(owner)) throw inUse(directory, owner)
      takeAway(path, found)
    }
  } finally {
    rmSync(own, { force: true })
  }
  throw new SqlError('55006', `data directory "${directory}" could not be locked`)
}

/** Removes a stale lock, unless another process replaced it in between. */
function takeAway(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return // somebody else was faster
  }
  if (readText(aside) !== stale) link(aside, path)
  rmSync(aside, { force: true })
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function inUse(directory: string, owner: Owner): SqlError {
  return new SqlError('55006', `data directory "${directory}" is in use by another server (process ${owner.pid})`, {
    hint: 'stop that server first, or choose another --data-dir',
  })
}

function isAlive(owner: Owner): boolean {
  const now = ownerOf(owner.pid)
  if (owner.boot !== now.boot) return false
  if (owner.started !== '' || now.started !== '') return owner.started === now.started
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function ownerOf(pid: number): Owner {
  const boot = (readText('/proc/sys/kernel/random/boot_id') ?? '').trim()
  const stat = readText(`/proc/${pid}/stat`) ?? ''
  // The command, in parentheses, may hold spaces; start time is the 20th field after it.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  return { pid, started, boot }
}

function parse(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Owner
    return typeof owner.pid === 'number' ? owner : null
  } catch {
    return null
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
