import { describe, expect, it } from 'vitest'
import { SourceLag } from './source-lag.ts'

const at = (...offsets: number[]) => new Map(offsets.map((offset, partition) => [partition, offset]))

describe('the lag of a source', () => {
  it('is nothing before anything is known and when all is ticked', () => {
    const lag = new SourceLag()
    expect([lag.rows(at(3)), lag.ms(500, at(3))]).toEqual([0, 0])
    lag.saw(1000, at(3, 7))
    expect([lag.rows(at(3, 7)), lag.ms(9000, at(3, 7))]).toEqual([0, 0])
  })
  it('counts records of the newest end, and the time since the oldest that is missing was known', () => {
    const lag = new SourceLag()
    lag.saw(1000, at(10, 0))
    lag.saw(2000, at(10, 5))
    lag.saw(3000, at(20, 5))
    expect([lag.rows(at(4, 0)), lag.ms(3500, at(4, 0))]).toEqual([21, 2500])
    expect([lag.rows(at(10, 2)), lag.ms(3500, at(10, 2))]).toEqual([13, 1500])
    expect([lag.rows(at(20, 5)), lag.ms(3500, at(20, 5))]).toEqual([0, 0])
  })
  it('grows while the service does not answer', () => {
    const lag = new SourceLag()
    lag.saw(1000, at(5))
    lag.stalled(2000)
    lag.stalled(2500)
    expect([lag.rows(at(5)), lag.ms(6000, at(5))]).toEqual([0, 4000])
    lag.saw(7000, at(9))
    expect([lag.rows(at(5)), lag.ms(7100, at(5))]).toEqual([4, 100])
  })
  it('remembers a bounded number of ends, and the oldest that is missing among them', () => {
    const lag = new SourceLag()
    for (let n = 1; n <= 10_000; n++) lag.saw(n, at(n))
    for (const position of [0, 3000, 9000, 9900]) {
      const ms = lag.ms(10_000, at(position))
      expect(ms).toBeLessThanOrEqual(10_000 - position)
      expect(ms).toBeGreaterThanOrEqual(10_000 - position - 200)
    }
  })
})
