/**
 * Bank transfers after Jamie Brandon's test of internal consistency: every view below is a function of the transfers
 * alone, the total is always 0, and a transfer never shows with one half.
 */
export const ACCOUNTS = 50

export const BANK_VIEWS = ['accepted', 'outer_join', 'credits', 'debits', 'balance', 'total'] as const

/** `transfers`: a table or source (id, from_account, to_account, amount, ts). */
export const BANK_DDL = `
  CREATE MATERIALIZED VIEW accepted AS SELECT id FROM transfers WHERE amount > 0;
  CREATE MATERIALIZED VIEW outer_join AS
    SELECT a.id, b.id AS other, a.amount
    FROM (SELECT id, amount, ts FROM transfers) a LEFT JOIN (SELECT id, ts FROM transfers) b ON a.id = b.id AND a.ts = b.ts;
  CREATE MATERIALIZED VIEW credits AS SELECT to_account AS account, sum(amount) AS credits FROM transfers GROUP BY to_account;
  CREATE MATERIALIZED VIEW debits AS SELECT from_account AS account, sum(amount) AS debits FROM transfers GROUP BY from_account;
  CREATE MATERIALIZED VIEW balance AS
    SELECT coalesce(c.account, d.account) AS account, coalesce(c.credits, 0) - coalesce(d.debits, 0) AS balance
    FROM credits c FULL JOIN debits d ON c.account = d.account;
  CREATE MATERIALIZED VIEW total AS SELECT sum(balance) AS total FROM balance;
`

export interface Transfer {
  readonly id: number
  readonly from: number
  readonly to: number
  readonly cents: number
}

/** Transfer number `id`: the same numbers as `transferSql` computes. */
export function transfer(id: number): Transfer {
  const from = (id * 7919) % ACCOUNTS
  return { id, from, to: (from + 1 + ((id * 104_729) % (ACCOUNTS - 1))) % ACCOUNTS, cents: 1 + ((id * 31) % 99_991) }
}

/** Columns of transfer `i`, in SQL. */
export const TRANSFER_SQL = `i, (i * 7919) % ${ACCOUNTS},
  ((i * 7919) % ${ACCOUNTS} + 1 + (i * 104729) % ${ACCOUNTS - 1}) % ${ACCOUNTS}, (1 + (i * 31) % 99991) / 100.0,
  timestamp '2026-01-01' + i * interval '1 second'`

export const money = (cents: number): string => {
  const whole = Math.floor(Math.abs(cents) / 100)
  return `${cents < 0 ? '-' : ''}${whole}.${String(Math.abs(cents) % 100).padStart(2, '0')}`
}

/** The batch answer over a set of transfers, by plain adding. */
export class BankAnswer {
  readonly credits = new Map<number, number>()
  readonly debits = new Map<number, number>()
  count = 0

  add({ from, to, cents }: Transfer): void {
    this.count++
    this.credits.set(to, (this.credits.get(to) ?? 0) + cents)
    this.debits.set(from, (this.debits.get(from) ?? 0) + cents)
  }

  /** Rows of a view as sorted JSON; of `accepted` and `outer_join`, which only grow, their number suffices elsewhere. */
  rows(view: 'credits' | 'debits' | 'balance' | 'total'): string[] {
    const lines = (sums: ReadonlyMap<number, number>) =>
      [...sums].map(([a, c]) => JSON.stringify([String(a), money(c)]))
    switch (view) {
      case 'credits':
        return lines(this.credits).sort()
      case 'debits':
        return lines(this.debits).sort()
      case 'balance': {
        const accounts = new Set([...this.credits.keys(), ...this.debits.keys()])
        return lines(
          new Map([...accounts].map((a) => [a, (this.credits.get(a) ?? 0) - (this.debits.get(a) ?? 0)])),
        ).sort()
      }
      case 'total':
        return [JSON.stringify([this.count === 0 ? null : '0.00'])]
    }
  }
}
