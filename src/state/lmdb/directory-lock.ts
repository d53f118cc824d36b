import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDirectory } from '../../base/ensure-directory.ts'
import { SqlError } from '../../base/sql-error.ts'
import { giveBallastBack } from './ballast.ts'
import { freeBytes, wantedRoom } from './free-room.ts'

/** Who holds a data directory. In a container every pid is 1, so start time and boot tell processes apart. */
interface Owner {
  readonly pid: number
  /** Clock ticks since boot; '' where /proc does not tell. */
  readonly started: string
  readonly boot: string
}

/**
 * How long a start waits for the directory's owner to end: after a kill -9 the system takes a moment to take a large
 * process down, and who restarts a server at once must not be refused for that. The start can do nothing else meanwhile,
 * so the thread waits.
 */
const OWNER_WAIT_MS = 2_000
const OWNER_LOOK_MS = 20

/** Takes the data directory for this process, or explains who has it. Returns the release. */
export function lockDirectory(directory: string, waitMs = OWNER_WAIT_MS): () => void {
  ensureDirectory(directory)
  const path = join(directory, 'lock')
  const mine = JSON.stringify(ownerOf(process.pid))
  const own = `${path}.${process.pid}`
  writeOwn(directory, own, mine, waitMs)
  try {
    let waitedMs = 0
    for (let attempt = 0; attempt < 8; ) {
      if (link(own, path)) {
        removeLeftovers(directory, own)
        return () => {
          if (readText(path) === mine) rmSync(path, { force: true })
        }
      }
      const found = readText(path)
      const owner = found === undefined ? null : parse(found)
      if (owner !== null && isAlive(owner)) {
        if (owner.pid === process.pid || waitedMs >= waitMs) throw inUse(directory, owner)
        pause(OWNER_LOOK_MS)
        waitedMs += OWNER_LOOK_MS
        continue
      }
      attempt++
      if (found !== undefined) takeAway(path, found)
    }
  } finally {
    rmSync(own, { force: true })
  }
  throw new SqlError('55006', `data directory "${directory}" could not be locked`)
}

/** On a full disk in the room of the ballast, which stands there for that; not in that of a server that runs. */
function writeOwn(directory: string, own: string, mine: string, waitMs: number): void {
  try {
    writeWhole(own, mine)
  } catch (error) {
    if (!wantedRoom(error, freeBytes(directory))) throw error
    const found = readText(join(directory, 'lock'))
    const owner = found === undefined ? null : parse(found)
    for (let waitedMs = 0; owner !== null && isAlive(owner); waitedMs += OWNER_LOOK_MS) {
      if (owner.pid === process.pid || waitedMs >= waitMs) throw inUse(directory, owner)
      pause(OWNER_LOOK_MS)
    }
    if (!giveBallastBack(directory)) throw full(own, error)
    try {
      writeWhole(own, mine)
    } catch (again) {
      throw full(own, again)
    }
  }
}

/** Or leaves nothing. */
function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
}

function full(path: string, cause: unknown): SqlError {
  const reason = /^[A-Z]+: ([^,]+)/.exec((cause as Error).message)?.[1] ?? 'no space left on device'
  return new SqlError('53100', `could not write "${path}": ${reason}`, {
    hint: 'Make room on that disk; nothing that was acknowledged is lost.',
  })
}

/** Of starts that could not end. Those of a process that lives are its own. */
function removeLeftovers(directory: string, own: string): void {
  for (const name of readdirSync(directory)) {
    const pid = /^lock\.(?:stale\.)?(\d+)$/.exec(name)?.[1]
    const path = join(directory, name)
    if (pid !== undefined && path !== own && !exists(Number(pid))) rmSync(path, { force: true })
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
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

const pause = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function isAlive(owner: Owner): boolean {
  const now = ownerOf(owner.pid)
  if (owner.boot !== now.boot) return false
  if (owner.started !== '' || now.started !== '') return owner.started === now.started && hasLivingThread(owner.pid)
  return exists(owner.pid)
}

/**
 * A process that ended stays in the table as a zombie until its parent asks for its exit code: it runs nothing any more.
 * Its first thread can be one before the others are down, of which one may still be in a write of the store.
 */
function hasLivingThread(pid: number): boolean {
  let threads: readonly string[]
  try {
    threads = readdirSync(`/proc/${pid}/task`)
  } catch {
    return false
  }
  return threads.some((thread) => {
    const [state] = statOf(`${pid}/task/${thread}`)
    return state !== undefined && state !== 'Z' && state !== 'X'
  })
}

function ownerOf(pid: number): Owner {
  const boot = (readText('/proc/sys/kernel/random/boot_id') ?? '').trim()
  return { pid, started: statOf(`${pid}`)[19] ?? '', boot }
}

/** Fields behind the command, which stands in parentheses and may hold spaces: the state first, the start time 20th. */
function statOf(process: string): readonly string[] {
  const stat = readText(`/proc/${process}/stat`)
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
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
