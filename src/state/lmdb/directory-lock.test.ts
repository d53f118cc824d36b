import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockDirectory } from './directory-lock.ts'

/** A data directory belongs to one process, for as long as that process runs. */
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-lock-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const MODULE = JSON.stringify(new URL('./directory-lock.ts', import.meta.url).href)
const TAKE = `import(${MODULE}).then(({ lockDirectory }) => { lockDirectory(process.argv[1]); console.log('taken'); setInterval(() => {}, 1e6) })`

/** A process that has the directory. */
async function holder() {
  const child = spawn(process.execPath, ['-e', TAKE, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout!, 'data')
  return child
}

describe('the lock of a data directory', () => {
  it('refuses a second owner, and is free after the release', () => {
    const release = lockDirectory(directory)
    expect(() => lockDirectory(directory, 0)).toThrow(`in use by another server (process ${process.pid})`)
    release()
    lockDirectory(directory)()
  })

  it('is free of a process that was killed', async () => {
    const child = await holder()
    expect(() => lockDirectory(directory, 0)).toThrow(`process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockDirectory(directory, 0)()
  })

  it.skipIf(process.platform !== 'linux')('is free of a process that is dead but not yet waited for', async () => {
    // The shell's child takes the directory and dies; `exec` replaces the shell by one that never waits for it.
    const script = `"$0" -e "$1" "$2" & exec sleep 300`
    const parent = spawn('sh', ['-c', script, process.execPath, TAKE, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(parent.stdout!, 'data')
      const { pid } = JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))
      process.kill(pid, 'SIGKILL')
      const state = () => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
      while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 1))
      // Its first thread is dead, the others may take a moment; the process itself is never gone while this waits.
      lockDirectory(directory, 60_000)()
    } finally {
      parent.kill('SIGKILL')
    }
  })

  it('is waited for while its owner is on the way out', async () => {
    const child = await holder()
    // Killed by somebody else while this thread waits.
    const killer = spawn('sh', ['-c', `sleep 0.1; kill -9 ${child.pid}`])
    lockDirectory(directory, 60_000)()
    killer.kill()
  })

  it('of an unreadable file is taken away', () => {
    writeFileSync(join(directory, 'lock'), 'nonsense')
    lockDirectory(directory, 0)()
  })
})
