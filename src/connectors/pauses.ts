import type { Runtime } from '../base/runtime.ts'

/** Sleeps that one call ends early. */
export class Pauses {
  private readonly runtime: Runtime
  private wakeUp: (() => void) | null = null
  private woken = false

  constructor(runtime: Runtime) {
    this.runtime = runtime
  }

  /** Ends the pause under way, or the next one at once. */
  wake(): void {
    if (this.wakeUp !== null) this.wakeUp()
    else this.woken = true
  }

  pause(ms: number): Promise<void> {
    if (this.woken) {
      this.woken = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const cancel = this.runtime.setTimer(() => {
        this.wakeUp = null
        resolve()
      }, ms)
      this.wakeUp = () => {
        cancel()
        this.wakeUp = null
        resolve()
      }
    })
  }
}
