import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemRuntime as runtime } from '../base/runtime.ts'
import { BlockError } from './block.ts'
import { Journal } from './journal.ts'
import { journalKey } from './keys.ts'
import { openMemoryStore } from './memory-store.ts'
import { getMeta, putMeta } from './meta.ts'

async function replayed(journal: Journal, from: number) {
  const records = []
  for await (const { tick, inputs } of journal.replay(from))
    records.push({ tick, inputs: inputs.map((input) => [...input]) })
  return records
}

describe('the journal', () => {
  test('replays what was appended from a tick on, and forgets what was truncated', async () => {
    const anyInputs = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(anyInputs, { maxLength: 10 }), fc.nat(12), fc.nat(12), async (ticks, cut, from) => {
        const store = openMemoryStore(runtime)
        const journal = new Journal(store)
        const all = ticks.map((inputs, i) => ({ tick: i + 1, inputs: inputs.map((input) => [...input]) }))
        await Promise.all(ticks.map((inputs, i) => journal.append(i + 1, inputs)))
        expect(await replayed(journal, from)).toEqual(all.filter(({ tick }) => tick >= from))
        await journal.truncate(cut)
        expect(await replayed(journal, 0)).toEqual(all.filter(({ tick }) => tick > cut))
      }),
      { numRuns: 50 },
    )
  })

  test('a record larger than one value is split and comes back whole', async () => {
    const journal = new Journal(openMemoryStore(runtime))
    const inputs = [new Uint8Array(700_000).map((_, i) => i % 251), new Uint8Array(0), Uint8Array.of(7)]
    await journal.append(5, inputs)
    for await (const record of journal.replay(5)) expect(record).toEqual({ tick: 5, inputs })
  })

  test('damage and a missing part are named, never replayed', async () => {
    const store = openMemoryStore(runtime)
    const journal = new Journal(store)
    await journal.append(9, [new Uint8Array(300_000)])
    await store.commit([{ kind: 'remove', db: 'journal', key: journalKey(9, 1) }])
    await expect(replayed(journal, 0)).rejects.toThrow('the journal record of tick 9 is incomplete')
    await store.commit([{ kind: 'put', db: 'journal', key: journalKey(9, 0), value: new Uint8Array(50) }])
    await expect(replayed(journal, 0)).rejects.toThrow(BlockError)
  })

  test('meta values are durable with the record they go with', async () => {
    const store = openMemoryStore(runtime)
    await new Journal(store).append(1, [], [putMeta('reserved', Uint8Array.of(1, 2))])
    expect(await getMeta(store, 'reserved')).toEqual(Uint8Array.of(1, 2))
    expect(await getMeta(store, 'other')).toBeUndefined()
  })
})
