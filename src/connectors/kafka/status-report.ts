import type { Runtime } from '../../base/runtime.ts'
import type { ReaderStatus } from '../contract.ts'

const END_OFFSETS_MS = 200

/** What a reader tells of itself: every change of state, and moving end offsets at most five times a second. */
export class StatusReport {
  private readonly runtime: Runtime
  private readonly onStatus: (status: ReaderStatus) => void
  private readonly ends = new Map<number, number>()
  private state: ReaderStatus['state'] = 'starting'
  private error = ''
  private moved = false
  private toldMs = Number.NEGATIVE_INFINITY

  constructor(runtime: Runtime, onStatus: (status: ReaderStatus) => void) {
    this.runtime = runtime
    this.onStatus = onStatus
    onStatus({ state: 'starting' })
  }

  end(partition: number, offset: number): void {
    if (offset < 0 || this.ends.get(partition) === offset) return
    this.ends.set(partition, offset)
    this.moved = true
  }

  running(): void {
    if (this.state === 'failed') return
    const nowMs = this.runtime.monotonicMs()
    if (this.state === 'running' && (!this.moved || nowMs - this.toldMs < END_OFFSETS_MS)) return
    this.state = 'running'
    this.moved = false
    this.toldMs = nowMs
    this.onStatus({ state: 'running', endOffsets: new Map(this.ends) })
  }

  stalled(error: string): void {
    if (this.state === 'failed' || (this.state === 'stalled' && this.error === error)) return
    this.state = 'stalled'
    this.error = error
    this.onStatus({ state: 'stalled', error })
  }

  failed(error: string, sqlstate: string): void {
    if (this.state === 'failed') return
    this.state = 'failed'
    this.onStatus({ state: 'failed', error, sqlstate })
  }
}
