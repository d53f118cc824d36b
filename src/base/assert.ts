/** Our own mistakes are assertions: they name the broken invariant and never reach a user as a Postgres error. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

export class AssertionError extends Error {
  constructor(message: string) {
    super(`assertion failed: ${message}`)
    this.name = 'AssertionError'
  }
}

/** Closes an exhaustive `switch` over a union of literals. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected case ${JSON.stringify(value) ?? String(value)}`)
}
