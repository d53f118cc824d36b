import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BatchToWrite, buildBatch, type RecordToWrite } from './record-build.ts'
import { offsetAfter, RecordWalk } from './record-walk.ts'
import type { AbortedTransaction } from './transport.ts'

const record = (offset: number, value: string | null = `v${offset}`): RecordToWrite => ({
  offset,
  timestampMs: 1_000 + offset,
  key: null,
  value: value === null ? null : Buffer.from(value),
  headers: [],
})
const batch = (records: readonly RecordToWrite[], more: Partial<BatchToWrite> = {}): Buffer =>
  buildBatch({
    records,
    compression: 'none',
    producerId: -1,
    transactional: false,
    control: null,
    appendTime: false,
    ...more,
  })

function walk(bytes: Uint8Array, from = 0, aborted: readonly AbortedTransaction[] = []) {
  const it = new RecordWalk(bytes, from, aborted)
  const seen: string[] = []
  for (let step = it.next(); step !== 'end'; step = it.next()) {
    const value = Buffer.from(it.bytes.subarray(it.valueStart, it.valueStart + Math.max(0, it.valueLength)))
    seen.push(
      step === 'record' ? `${it.offset} ${it.valueLength < 0 ? 'null' : value}` : `${it.offset} ${step} ${it.reason}`,
    )
    if (step === 'refused') break
  }
  return { seen, position: it.position }
}

describe('walking record batches', () => {
  test('a fetch that begins inside a batch gives only what was asked for', () => {
    expect(walk(batch([record(5), record(6), record(7)]), 6)).toEqual({ seen: ['6 v6', '7 v7'], position: 8 })
  })

  test('holes of compaction are passed over, and a batch that lost its last records still moves the position', () => {
    const bytes = batch([record(3), record(9)])
    bytes.writeInt32BE(20, 23) // last offset delta: the batch once went to 23
    expect(walk(bytes, 0)).toEqual({ seen: ['3 v3', '9 v9'], position: 24 })
  })

  test('a cut last batch waits for the next fetch', () => {
    const bytes = Buffer.concat([batch([record(0)]), batch([record(1)]).subarray(0, 65)])
    expect(walk(bytes)).toEqual({ seen: ['0 v0'], position: 1 })
    expect(offsetAfter(bytes, 0)).toBe(1)
  })

  test('a corrupt record ends its batch there; the next batch is read', () => {
    const bytes = batch([record(0), record(1), record(2)])
    const second = bytes.indexOf('v1') - 6
    bytes[second] = 0x7e // a length beyond the batch
    const { seen, position } = walk(Buffer.concat([bytes, batch([record(3)])]))
    expect(seen).toEqual(['0 v0', '1 unreadable corrupt record', '3 v3'])
    expect(position).toBe(4)
  })

  test('corrupt compressed data is unreadable as a whole', () => {
    const bytes = batch([record(0), record(1)], { compression: 'gzip' })
    bytes.fill(0xff, 75)
    const { seen, position } = walk(Buffer.concat([bytes, batch([record(2)])]))
    expect(seen).toEqual([expect.stringMatching(/^0 unreadable corrupt gzip data/), '2 v2'])
    expect(position).toBe(3)
  })

  test('an unsupported compression is refused, and the position stays before it', () => {
    const bytes = Buffer.concat([batch([record(0)]), batch([record(1)], { compression: 'snappy' })])
    expect(walk(bytes)).toEqual({
      seen: ['0 v0', '1 refused compressed with snappy, which is not supported (gzip and zstd are)'],
      position: 1,
    })
  })

  test('headers, keys, NULL values and append time are read', () => {
    const full = {
      ...record(0, null),
      key: Buffer.from('k'),
      headers: [
        ['a', Buffer.from('1')],
        ['b', null],
      ] as const,
    }
    const it = new RecordWalk(batch([full, record(1)], { appendTime: true }), 0, [])
    expect(it.next()).toBe('record')
    expect([it.keyLength, it.valueLength, it.timestampMs]).toEqual([1, -1, 1_001])
    expect(it.headers()).toEqual([
      ['a', Buffer.from('1')],
      ['b', null],
    ])
    expect(it.next()).toBe('record')
    expect(it.valueLength).toBe(2)
  })

  test('any log gives its committed records from any offset on', () => {
    const part = fc.record({
      producer: fc.integer({ min: 0, max: 3 }),
      size: fc.integer({ min: 1, max: 5 }),
      act: fc.constantFrom('write', 'write', 'commit', 'abort'),
      compression: fc.constantFrom('none', 'gzip', 'zstd'),
      value: fc.option(fc.string({ maxLength: 200 })),
    })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.nat(60), (parts, from) => {
        const bytes: Buffer[] = []
        const open = new Map<number, number>()
        const aborted: AbortedTransaction[] = []
        const written: { offset: number; producer: number; value: string | null }[] = []
        const hidden = new Set<number>()
        let next = 0
        const end = (producer: number, control: 'commit' | 'abort') => {
          const first = open.get(producer)
          if (first === undefined) return
          open.delete(producer)
          if (control === 'abort') {
            // As brokers answer: only transactions that reach beyond the asked offset.
            if (next >= from) aborted.push({ producerId: BigInt(producer), firstOffset: first })
            for (const each of written) if (each.producer === producer && each.offset >= first) hidden.add(each.offset)
          }
          bytes.push(batch([record(next++)], { producerId: producer, transactional: true, control }))
        }
        for (const { producer, size, act, compression, value } of parts) {
          if (act !== 'write') end(producer, act)
          else {
            const transactional = producer > 0
            if (transactional && !open.has(producer)) open.set(producer, next)
            const records = Array.from({ length: size }, (_, i) => record(next + i, value))
            for (const { offset } of records) written.push({ offset, producer, value })
            next += size
            bytes.push(batch(records, { producerId: producer, transactional, compression }))
          }
        }
        for (const producer of [...open.keys()]) end(producer, 'commit')
        aborted.sort((a, b) => a.firstOffset - b.firstOffset)
        const expected = written.filter(({ offset }) => offset >= from && !hidden.has(offset))
        const all = Buffer.concat(bytes)
        const { seen, position } = walk(all, from, aborted)
        expect(seen).toEqual(expected.map(({ offset, value }) => `${offset} ${value ?? 'null'}`))
        expect(position).toBe(Math.max(from, next))
        expect(offsetAfter(all, from)).toBe(Math.max(from, next))
      }),
      { numRuns: 200 },
    )
  })
})
