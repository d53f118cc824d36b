import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SequenceEntry } from '../catalog/entry.ts'
import type { Store, WriteOp } from '../state/store.ts'
import { Sequences } from './sequences.ts'

const entry = (increment: bigint): SequenceEntry => ({
  kind: 'sequence',
  id: 20_000,
  name: 's',
  schema: 2200,
  sql: '',
  dependsOn: [],
  rowType: [],
  spec: {
    type: 'int8',
    start: increment > 0n ? 1n : -1n,
    increment,
    min: increment > 0n ? 1n : -(2n ** 63n),
    max: increment > 0n ? 2n ** 63n - 1n : -1n,
    cache: 1n,
    cycle: false,
  },
  ownedBy: null,
})

/** A store whose commits are done when the test says so; a crash keeps what was done. */
class SlowStore {
  kept: Uint8Array | undefined
  #waiting: { readonly ops: readonly WriteOp[]; readonly done: () => void }[] = []

  commit(ops: readonly WriteOp[]): Promise<void> {
    return new Promise((done) => this.#waiting.push({ ops, done }))
  }
  get = async () => this.kept
  async finishOne(): Promise<void> {
    const next = this.#waiting.shift()
    if (next === undefined) return
    const [op] = next.ops
    if (op?.kind === 'put') this.kept = op.value
    next.done()
    await settled()
  }
  crash(): void {
    this.#waiting = []
  }
  get busy(): boolean {
    return this.#waiting.length > 0
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
async function closed(store: SlowStore, life: Sequences, byId: () => SequenceEntry): Promise<void> {
  const closing = life.close(byId)
  for (let turn = 0; turn < 3; turn++) {
    await settled()
    await store.finishOne()
  }
  await closing
}
const open = (store: SlowStore) => Sequences.open(store as unknown as Store)

type Step = { readonly do: 'next'; readonly times: number } | { readonly do: 'finish' | 'crash' | 'end' }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 50 }).map((times) => ({ do: 'next', times }) as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'finish' } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'crash' } as const, { do: 'end' } as const) },
)

test('a value that was told is never handed out again, whenever the process ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1n, -3n), fc.array(step, { maxLength: 60 }), async (increment, steps) => {
      const sequence = entry(increment)
      const byId = () => sequence
      const store = new SlowStore()
      let life = await open(store)
      const told: bigint[] = []
      let now = 0
      for (const each of steps) {
        if (each.do === 'next') {
          const values = Array.from({ length: each.times }, () => life.next(sequence))
          const mine = now
          void life.settle(byId).then(() => {
            if (mine === now) told.push(...values)
          })
          await settled()
        } else if (each.do === 'finish') await store.finishOne()
        else {
          now++
          if (each.do === 'end') {
            while (store.busy) await store.finishOne()
            await closed(store, life, byId)
          } else store.crash()
          life = await open(store)
        }
      }
      expect(new Set(told).size).toBe(told.length)
    }),
    { numRuns: 100 },
  )
})

test('a clean end skips nothing; a crash skips what was covered ahead', async () => {
  const sequence = entry(1n)
  const byId = () => sequence
  const store = new SlowStore()
  const first = await open(store)
  expect([first.next(sequence), first.next(sequence)]).toEqual([1n, 2n])
  const told = first.settle(byId)
  await store.finishOne()
  await told
  const crashed = await open(store)
  expect(crashed.next(sequence)).toBe(35n)
  await closed(store, first, byId)
  const again = await open(store)
  expect(again.next(sequence)).toBe(3n)
})

test('what was set is durable before it is told', async () => {
  const sequence = entry(1n)
  const byId = () => sequence
  const store = new SlowStore()
  const life = await open(store)
  life.set(sequence, 100n, true)
  expect(life.unsettled).toBe(true)
  const told = life.settle(byId)
  await store.finishOne()
  await told
  expect((await open(store)).next(sequence)).toBe(101n)
})
