/** Back-pressure: at most `max` deliveries unresolved at once, begun in order. */
export const CREDITS_MAX = 8

export class Credits {
  private readonly max: number
  private out = 0
  private failure: { readonly error: unknown } | null = null
  private closed = false
  private waiting: (() => void)[] = []

  private readonly onFailure: () => void

  /** `onFailure`: a delivery threw; `throwIfFailed` says what. */
  constructor(onFailure: () => void, max = CREDITS_MAX) {
    this.max = max
    this.onFailure = onFailure
  }

  /** Waits for a credit, then calls `deliver` without waiting for its promise. Throws what an earlier delivery threw. */
  async spend(deliver: () => Promise<void>): Promise<void> {
    while (this.out >= this.max && this.failure === null && !this.closed) await this.change()
    this.throwIfFailed()
    if (this.closed) return
    this.out++
    void this.settle(deliver)
  }

  /** Resolves when everything delivered so far is done with. */
  async drained(): Promise<void> {
    while (this.out > 0 && !this.closed) await this.change()
    this.throwIfFailed()
  }

  throwIfFailed(): void {
    if (this.failure !== null) throw this.failure.error
  }

  /** Nothing is delivered or waited for any more. */
  close(): void {
    this.closed = true
    this.wake()
  }

  private async settle(deliver: () => Promise<void>): Promise<void> {
    try {
      await deliver()
    } catch (error) {
      this.failure ??= { error }
      this.onFailure()
    } finally {
      this.out--
      this.wake()
    }
  }

  private wake(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const wake of waiting) wake()
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }
}
