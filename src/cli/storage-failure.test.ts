import { describe, expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import { StoreFailure } from '../state/store.ts'
import { failureForClients, stopServer } from './storage-failure.ts'

const full = new StoreFailure('the disk under /data is full (MDB_MAP_FULL)', undefined, '/data/millrace.mdb')

describe('clients of a server that can store nothing any more', () => {
  it('hear that the disk is full as PostgreSQL says it, with what to do', () => {
    expect(failureForClients(full)).toMatchObject({
      sqlstate: '53100',
      message: 'could not extend file "/data/millrace.mdb": No space left on device',
      fields: { hint: 'Check free disk space, then start the server again.' },
    })
  })

  it.each([
    [new StoreFailure('storage under /data failed: EIO'), '58030'],
    [new Error('a mistake of ours'), 'XX000'],
  ])('hear of %s as %s, without its words', (error, sqlstate) => {
    const told = failureForClients(error)
    expect(told.sqlstate).toBe(sqlstate)
    expect(told.message).not.toContain(error.message)
  })
})

describe('the orderly end', () => {
  const lines: unknown[] = []
  const log = { ...silentLog, error: (...line: unknown[]) => void lines.push(line) }

  it('is 0 when everything is in the last checkpoint, 1 with one line when there was no room for it', async () => {
    expect(await stopServer({ close: async () => {} }, log)).toBe(0)
    expect(lines).toEqual([])
    expect(await stopServer({ close: () => Promise.reject(full) }, log)).toBe(1)
    expect(lines).toEqual([
      ['stopped without a last checkpoint; what was acknowledged is stored', { error: full.message }],
    ])
  })

  it('does not wait for a storage thread that hangs', async () => {
    let killed = 0
    const hanging = new StoreFailure('the disk is full', undefined, '/data/millrace.mdb', true)
    await stopServer({ close: () => Promise.reject(hanging) }, log, () => killed++)
    expect(killed).toBe(1)
  })

  it('does not hide a mistake of ours', async () => {
    await expect(stopServer({ close: () => Promise.reject(new TypeError('x')) }, log)).rejects.toThrow(TypeError)
  })
})
