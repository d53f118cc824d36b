/** Orders for trying things out: JSON records {id, account, amount, ts}. */
export interface Order {
  readonly id: number
  readonly account: number
  /** As text: a number in JSON, exact to the cent. */
  readonly amount: string
  readonly ts: string
}

const ACCOUNTS = 10

/** `random` in [0, 1). The JSON has amount as a number with two decimals. */
export function makeOrder(id: number, atMs: number, random: () => number): Order {
  const cents = 100 + Math.floor(random() * 100_000)
  return {
    id,
    account: 1 + Math.floor(random() * ACCOUNTS),
    amount: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    ts: new Date(atMs).toISOString(),
  }
}

export function orderJson(order: Order): string {
  return `{"id":${order.id},"account":${order.account},"amount":${order.amount},"ts":"${order.ts}"}`
}

/** How many records are due after `elapsedMs` at `rate` a second: paced by the clock, not by timers. */
export function dueCount(rate: number, elapsedMs: number, limit: number | null): number {
  return Math.min(limit ?? Number.POSITIVE_INFINITY, Math.floor((elapsedMs / 1000) * rate))
}
