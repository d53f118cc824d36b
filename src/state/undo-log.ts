import { SqlError } from '../base/sql-error.ts'

/** Changed slots one pin may have to remember (about 60 bytes each); a pin that needs more is broken. */
export const UNDO_ROWS_MAX = 1_000_000

/** What one pin remembers: the counts that slots had when it was taken, for those that changed since. */
export class Undo {
  readonly sequence: number
  /** Slots at or above did not exist. */
  readonly high: number
  readonly diffs = new Map<number, number>()
  /** Slots that lost their row since, by key hash: no chain leads to them any more. */
  readonly removed = new Map<number, number[]>()
  broken = false

  constructor(sequence: number, high: number) {
    this.sequence = sequence
    this.high = high
  }
  /** The count that the slot had, given the count that it has. */
  diff(slot: number, now: number): number {
    if (this.broken) {
      throw new SqlError('72000', 'snapshot too old', {
        detail: `more than the ${UNDO_ROWS_MAX} rows that are kept for a reader changed while it was reading`,
        hint: 'run the query again, or read less at once',
      })
    }
    return slot >= this.high ? 0 : (this.diffs.get(slot) ?? now)
  }
}

/**
 * Lets readers see an arrangement as it was while ticks go on. A row never changes in its slot, only its count does; a
 * slot whose row goes is kept back (not reused) while a pin that is older may still read it. So the first change of a
 * slot after a pin costs one map entry, and nothing is copied. Without pins it costs one branch.
 * Limit: UNDO_ROWS_MAX changed slots a pin; beyond it the pin is broken, its readers get 72000, and memory is given back.
 */
export class UndoLog {
  private readonly limit: number
  private readonly pins = new Set<Undo>()
  private sequence = 0
  /** Slots kept back, oldest first, with the newest pin at that time. */
  private kept: { readonly slot: number; readonly sequence: number }[] = []

  constructor(limit = UNDO_ROWS_MAX) {
    this.limit = limit
  }
  get active(): boolean {
    return this.pins.size > 0
  }
  pin(high: number): Undo {
    const undo = new Undo(++this.sequence, high)
    this.pins.add(undo)
    return undo
  }
  /** Before the count of a slot changes. */
  save(slot: number, diff: number): void {
    for (const pin of this.pins) {
      if (slot >= pin.high || pin.diffs.has(slot)) continue
      if (pin.diffs.size >= this.limit) this.break(pin)
      else pin.diffs.set(slot, diff)
    }
  }
  /** A row goes: keeps the slot back for older readers. */
  keepBack(slot: number, keyHash: number): void {
    this.kept.push({ slot, sequence: this.sequence })
    for (const pin of this.pins) {
      if ((pin.diffs.get(slot) ?? 0) === 0) continue
      const list = pin.removed.get(keyHash)
      if (list === undefined) pin.removed.set(keyHash, [slot])
      else list.push(slot)
    }
  }
  /** Ends a pin; calls `free` for every slot that no reader needs any more, in the order in which they went. */
  release(undo: Undo, free: (slot: number) => void): void {
    this.pins.delete(undo)
    let oldest = Infinity
    for (const pin of this.pins) oldest = Math.min(oldest, pin.sequence)
    let n = 0
    while (n < this.kept.length && this.kept[n].sequence < oldest) free(this.kept[n++].slot)
    if (n > 0) this.kept = this.kept.slice(n)
  }
  bytes(): number {
    let bytes = this.kept.length * 32
    for (const pin of this.pins) bytes += pin.diffs.size * 40
    return bytes
  }
  private break(pin: Undo): void {
    pin.broken = true
    pin.diffs.clear()
    pin.removed.clear()
    this.pins.delete(pin)
  }
}
