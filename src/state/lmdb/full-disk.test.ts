import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemRuntime as runtime } from '../../base/runtime.ts'
import type { Store, WriteOp } from '../store.ts'
import { StoreFailure } from '../store.ts'
import { ballastPath, ensureBallast } from './ballast.ts'
import { lockDirectory } from './directory-lock.ts'
import { FULL_BELOW_BYTES, freeBytes, wantedRoom } from './free-room.ts'
import { openInlineStore } from './inline.ts'
import { openLmdbStore } from './store.ts'

const BALLAST_BYTES = 8 << 20
/** Small enough to be filled in a moment, with room for the ballast twice. */
const DISK = 'size=32m'

const disks: string[] = []
/** A disk of its own; null where the system does not let this process mount one. */
function smallDisk(): string | null {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-full-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', directory], { stdio: 'ignore' })
  } catch {
    rmSync(directory, { recursive: true })
    return null
  }
  disks.push(directory)
  return directory
}
function removeDisk(directory: string): void {
  // Lazily: what a test that failed has left open does not hold it.
  execFileSync('umount', ['-l', directory])
  rmSync(directory, { recursive: true, force: true })
  disks.splice(disks.indexOf(directory), 1)
}
const probe = smallDisk()
if (probe !== null) removeDisk(probe)
afterAll(() => disks.forEach(removeDisk))

/** Everything that is left, to the last byte. */
function fill(directory: string): void {
  const { bavail, bsize } = statfsSync(directory)
  writeFileSync(join(directory, 'other'), new Uint8Array(bavail * bsize))
}
const key = (n: number) => Uint8Array.of(1, n >> 16, n >> 8, n)
const put = (n: number): WriteOp => ({ kind: 'put', db: 'delta', key: key(n), value: new Uint8Array(60_000).fill(n) })

/** Commits until the disk is full; how many were acknowledged, and what the one after them was told. */
async function write(store: Store): Promise<{ acknowledged: number; failure: unknown }> {
  for (let n = 0; ; n++) {
    try {
      await store.commit([put(n)])
    } catch (failure) {
      return { acknowledged: n, failure }
    }
  }
}

describe.skipIf(probe === null)('on a full disk', () => {
  let directory: string
  beforeEach(() => {
    directory = smallDisk()!
  })
  afterEach(() => removeDisk(directory))

  it.each([
    ['inline', openInlineStore],
    ['on its thread', openLmdbStore],
  ])('the store %s says so, gives the ballast back, and goes on after the next start', async (_, open) => {
    const options = { directory, runtime, ballastBytes: BALLAST_BYTES }
    let store = open(options)
    expect(existsSync(ballastPath(directory))).toBe(true)
    const { acknowledged, failure } = await write(store)
    expect(failure).toBeInstanceOf(StoreFailure)
    expect(String(failure)).toContain(`the disk under ${directory} is full`)
    expect(failure).toMatchObject({ noRoomFor: join(directory, 'millrace.mdb') })
    expect(acknowledged).toBeGreaterThan(100)
    expect(existsSync(ballastPath(directory))).toBe(false)
    await store.close()
    store = open(options)
    for (let n = 0; n < acknowledged; n++) expect((await store.get('delta', key(n)))?.[0]).toBe(n & 255)
    expect(await store.get('delta', key(acknowledged))).toBeUndefined()
    await store.commit([put(acknowledged)])
    await store.close()
  })

  it('whatever filled it: the next start takes the room of the ballast', async () => {
    const options = { directory, runtime, ballastBytes: BALLAST_BYTES }
    const first = openInlineStore(options)
    await first.commit([put(1)])
    await first.close()
    fill(directory)
    const store = openInlineStore(options)
    expect(existsSync(ballastPath(directory))).toBe(false)
    await store.commit([put(2)])
    await store.close()
  })

  it('without a ballast the start says what is the matter where, and leaves nothing behind', () => {
    fill(directory)
    for (const _ of [1, 2]) {
      expect(() => lockDirectory(directory, 0)).toThrow(
        expect.objectContaining({
          sqlstate: '53100',
          message: `could not write "${join(directory, `lock.${process.pid}`)}": no space left on device`,
        }),
      )
    }
    expect(readdirSync(directory)).toEqual(['other'])
  })

  it('the ballast of a server that runs is not touched', () => {
    const unlock = lockDirectory(directory)
    ensureBallast(directory, BALLAST_BYTES)
    fill(directory)
    expect(() => lockDirectory(directory, 0)).toThrow(expect.objectContaining({ sqlstate: '55006' }))
    expect(existsSync(ballastPath(directory))).toBe(true)
    unlock()
  })
})

describe('a write that failed', () => {
  it.each([
    ['ENOSPC: no space left on device, write', Number.POSITIVE_INFINITY, true],
    ['Disk quota exceeded', 1e9, true],
    ['Input/output error', 0, true],
    ['Input/output error', FULL_BELOW_BYTES, false],
  ])('with %s and %s bytes left: for want of room? %s', (text, free, expected) => {
    expect(wantedRoom(new Error(text), free)).toBe(expected)
  })

  it('knows how much is left', () => {
    expect(freeBytes(tmpdir())).toBeGreaterThan(0)
    expect(freeBytes(join(tmpdir(), 'nowhere at all'))).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('files of starts that failed', () => {
  it('go with the next start; those of a process that lives stay', () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-lock-'))
    // No process has a number as high.
    writeFileSync(join(directory, 'lock.99999999'), '')
    writeFileSync(join(directory, `lock.${process.ppid}`), '')
    const unlock = lockDirectory(directory)
    expect(readdirSync(directory).sort()).toEqual(['lock', `lock.${process.ppid}`])
    unlock()
    rmSync(directory, { recursive: true })
  })
})
