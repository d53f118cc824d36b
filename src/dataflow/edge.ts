import { assert } from '../base/assert.ts'
import type { Pieces } from '../base/slices.ts'
import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import { consolidation } from './consolidate.ts'
import type { Delta, Edge } from './contract.ts'

/** What a pipe knows of the operator that reads it. */
export interface Consumer {
  /** Something is pending. */
  wake(): void
  /** The producer stands at `rank`: run later than it. */
  runAfter(rank: number): void
}

/** Fewer rows wait as they are. */
const COMPACT_ROWS = 1 << 16

const EMPTY: Delta = { rows: [], errors: [] }

/** One consumer's end of an edge: what was published and not yet taken. */
export class Pipe implements Edge {
  readonly types: readonly SqlType[]
  private rows: Batch[] = []
  private errors: Batch[] = []
  /** Rows that wait, and how many of them are worth summing up. */
  private waiting = 0
  private compactAt = COMPACT_ROWS
  private consumer: Consumer | null = null
  private source: Fanout | null = null

  constructor(types: readonly SqlType[]) {
    this.types = types
  }
  get pending(): boolean {
    return this.rows.length > 0 || this.errors.length > 0
  }
  pushRows(batch: Batch): void {
    if (batch.n === 0) return
    this.rows.push(batch)
    this.waiting += batch.n
    this.consumer?.wake()
  }
  pushErrors(batch: Batch): void {
    if (batch.n === 0) return
    this.errors.push(batch)
    this.consumer?.wake()
  }
  take(): Delta {
    if (this.rows.length === 0 && this.errors.length === 0) return EMPTY
    const delta = { rows: this.rows, errors: this.errors }
    this.rows = []
    this.errors = []
    this.waiting = 0
    this.compactAt = COMPACT_ROWS
    return delta
  }
  /** Sums up what waits, where the consumer lets much come together that cancels: memory follows what is left. */
  *compact(): Pieces {
    if (this.waiting < this.compactAt) return
    this.rows = yield* consolidation(this.rows)
    this.waiting = this.rows.reduce((sum, { n }) => sum + n, 0)
    this.compactAt = Math.max(COMPACT_ROWS, this.waiting * 2)
  }
  ownedBy(consumer: Consumer): void {
    this.consumer = consumer
    if (this.source !== null) consumer.runAfter(this.source.rank)
    if (this.pending) consumer.wake()
  }
  /** From now on receives what `source` publishes. */
  connect(source: Fanout): void {
    assert(this.source === null, 'a pipe has one source')
    this.source = source
    source.add(this)
    this.consumer?.runAfter(source.rank)
  }
  disconnect(): void {
    this.source?.remove(this)
    this.source = null
  }
  producerAt(rank: number): void {
    this.consumer?.runAfter(rank)
  }
}

/** The producer's end: hands each batch to every pipe. Batches are immutable, so all consumers share them. */
export class Fanout implements Edge {
  readonly types: readonly SqlType[]
  rank: number
  /** Rows handed on so far. */
  pushed = 0
  private pipes: Pipe[] = []

  constructor(types: readonly SqlType[], rank = 0) {
    this.types = types
    this.rank = rank
  }
  get pending(): boolean {
    return this.pipes.some((pipe) => pipe.pending)
  }
  get consumers(): number {
    return this.pipes.length
  }
  pushRows(batch: Batch): void {
    this.pushed += batch.n
    for (let i = 0; i < this.pipes.length; i++) this.pipes[i].pushRows(batch)
  }
  pushErrors(batch: Batch): void {
    for (let i = 0; i < this.pipes.length; i++) this.pipes[i].pushErrors(batch)
  }
  /** Nothing waits here: consumers take from their pipes. */
  take(): Delta {
    return EMPTY
  }
  /** A new consumer of this edge. */
  pipe(): Pipe {
    const pipe = new Pipe(this.types)
    pipe.connect(this)
    return pipe
  }
  add(pipe: Pipe): void {
    this.pipes.push(pipe)
  }
  remove(pipe: Pipe): void {
    this.pipes = this.pipes.filter((other) => other !== pipe)
  }
  moveTo(rank: number): void {
    this.rank = rank
    for (const pipe of this.pipes) pipe.producerAt(rank)
  }
}
