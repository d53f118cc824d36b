import { expect, test } from 'vitest'
import type { CallContext } from '../api.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import { Exclusive } from '../exclusive.ts'
import type { World } from '../world.ts'
import { changeOutOfUse } from './out-of-use.ts'

const TABLE = 7

/** A world with one table that nobody uses, and a lane that somebody is in until `leave()`. */
function worldOfOne() {
  const entries = new Map<number, object>([[TABLE, {}]])
  const exclusive = new Exclusive()
  const { promise, resolve: leave } = Promise.withResolvers<void>()
  const left = exclusive.run(() => promise)
  const world = { catalog: { byId: (id: number) => entries.get(id) }, uses: { keysIn: () => [] }, exclusive }
  return { world: world as unknown as World, entries, leave, left }
}

const call = (signal: AbortSignal) => ({ signal }) as CallContext

test('a change waits for the lane, and is made once', async () => {
  const { world, leave } = worldOfOne()
  let changes = 0
  const done = changeOutOfUse(world, TABLE, call(new AbortController().signal), async () => void changes++)
  expect(changes).toBe(0)
  leave()
  await done
  expect(changes).toBe(1)
})

test('a cancelled one waits no longer, and changes nothing', async () => {
  const { world, leave, left } = worldOfOne()
  const controller = new AbortController()
  let changes = 0
  const done = changeOutOfUse(world, TABLE, call(controller.signal), async () => void changes++)
  await Promise.resolve()
  controller.abort()
  await expect(done).rejects.toMatchObject({ sqlstate: '57014' })
  leave()
  await left
  expect(changes).toBe(0)
})

test('one whose object was changed meanwhile is told', async () => {
  const { world, entries, leave } = worldOfOne()
  const done = changeOutOfUse(world, TABLE, call(new AbortController().signal), async () => {})
  entries.set(TABLE, {})
  leave()
  await expect(done).rejects.toBeInstanceOf(ChangedMeanwhile)
})
