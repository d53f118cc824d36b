import type { Runtime } from '../base/runtime.ts'

/** The promise's outcome, or `late()` as the error when it takes longer. */
export function withDeadline<T>(runtime: Runtime, promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.setTimer(() => reject(late()), ms)
    promise.then(resolve, reject).finally(cancel)
  })
}
