import { assert } from '../base/assert.ts'
import { ChunkedI32, SlotBits } from './chunked.ts'

/** Slots end where `slot + 1` still fits the Int32 links and tables. */
const SLOTS_MAX = 0x7ffffffe

/** Hands out slots (lowest unused first, then the last one freed) and remembers which changed since the last checkpoint. */
export class SlotSpace {
  /** Slots ever used: all live slots are below. */
  high = 0
  live = 0
  readonly dirty = new SlotBits()
  private free = 0
  private readonly freeStack = new ChunkedI32()

  take(): number {
    this.live++
    const slot = this.free > 0 ? this.freeStack.get(--this.free) : this.high++
    assert(slot < SLOTS_MAX, 'one structure holds fewer than 2^31 rows')
    return slot
  }
  /** The slot's row is gone; the slot itself is reused only after `recycle`. */
  retire(slot: number): void {
    this.live--
    this.dirty.add(slot)
  }
  recycle(slot: number): void {
    this.freeStack.set(this.free++, slot)
  }
  /** A slot taken by mistake (a tentative row): as if it had never been taken. */
  untake(slot: number): void {
    this.live--
    this.recycle(slot)
  }
  /** Everything becomes free; what a checkpoint may know of is marked as removed. */
  clear(): void {
    this.dirty.addBelow(this.high)
    this.high = 0
    this.live = 0
    this.free = 0
    this.freeStack.clear()
  }
  /** After slots were filled from a checkpoint: holes become free, lowest first. */
  restored(high: number, live: number, isLive: (slot: number) => boolean): void {
    this.high = high
    this.live = live
    this.free = 0
    if (live === high) return
    for (let slot = high - 1; slot >= 0; slot--) if (!isLive(slot)) this.recycle(slot)
  }
  bytes(): number {
    return this.freeStack.bytes() + this.dirty.bytes()
  }
}
