import { type Order, orderKey, type TpchData, type TpchRow } from './data.ts'
import type { TableName } from './tables.ts'
import { MODES, SEGMENTS } from './words.ts'

/** Statements that change the data, the same for both servers. */
export interface Change {
  readonly name: string
  readonly statements: readonly string[]
}

/** The refresh streams of TPC-H and changes of every table, over data that began with `data`. */
export class Changes {
  readonly #data: TpchData
  /** Keys of orders that there are. */
  readonly #keys: number[]
  #inserted = 0
  #customers: number

  constructor(data: TpchData) {
    this.#data = data
    this.#keys = Array.from({ length: data.counts.orders }, (_, n) => orderKey(n))
    this.#customers = data.counts.customer
  }

  /** New orders with their lines: a thousandth of what there is, in keys that were left free. */
  inserts(orders = this.#share): Change {
    const made: Order[] = []
    for (let i = 0; i < orders; i++) {
      const key = orderKey(this.#inserted++) + 8
      made.push(this.#data.order(key))
      this.#keys.push(key)
    }
    const lines = made.flatMap((order) => order.lines)
    const statements = [
      insert(
        'orders',
        made.map(({ order }) => order),
      ),
      insert('lineitem', lines),
    ]
    return { name: 'refresh 1: new orders', statements }
  }

  /** Orders and their lines go. */
  deletes(orders = this.#share): Change {
    const gone: number[] = []
    for (let i = 0; i < orders && this.#keys.length > 0; i++) {
      const at = this.#data.below(this.#keys.length)
      gone.push(this.#keys[at]!)
      this.#keys[at] = this.#keys.at(-1)!
      this.#keys.pop()
    }
    const list = gone.join(', ')
    return {
      name: 'refresh 2: old orders',
      statements: [
        `DELETE FROM lineitem WHERE l_orderkey IN (${list})`,
        `DELETE FROM orders WHERE o_orderkey IN (${list})`,
      ],
    }
  }

  /** A few rows of every table, most of them in columns that queries group, compare or join by. */
  updates(): Change {
    const { below, one } = bound(this.#data)
    const { supplier, part } = this.#data.counts
    const orders = Array.from({ length: 5 }, () => one(this.#keys)).join(', ')
    const customers = Array.from({ length: 5 }, () => 1 + below(this.#customers)).join(', ')
    const parts = Array.from({ length: 3 }, () => 1 + below(part)).join(', ')
    const a = 1 + below(supplier)
    const b = 1 + below(supplier)
    const made = this.#customers + 1
    this.#customers += 2
    return {
      name: 'updates',
      statements: [
        `UPDATE lineitem SET l_quantity = ${1 + below(50)}, l_discount = 0.0${below(10)} WHERE l_orderkey IN (${orders})`,
        `UPDATE lineitem SET l_shipdate = l_shipdate + ${below(60) - 30}, l_receiptdate = l_receiptdate + ${below(60) - 30},
           l_shipmode = '${one(MODES)}' WHERE l_orderkey IN (${orders}) AND l_linenumber < 4`,
        `UPDATE lineitem SET l_returnflag = 'R', l_suppkey = ${a} WHERE l_orderkey = ${one(this.#keys)}`,
        `UPDATE orders SET o_custkey = ${1 + below(this.#customers - 2)}, o_orderdate = o_orderdate + ${below(800) - 400}
           WHERE o_orderkey IN (${orders})`,
        `UPDATE orders SET o_comment = 'special requests' WHERE o_orderkey = ${one(this.#keys)}`,
        `UPDATE customer SET c_acctbal = c_acctbal + ${below(5000) - 2500}.25, c_mktsegment = '${one(SEGMENTS)}',
           c_nationkey = ${below(25)} WHERE c_custkey IN (${customers})`,
        insert('customer', [this.#data.customer(made), this.#data.customer(made + 1)]),
        `DELETE FROM customer WHERE c_custkey IN (${customers}) AND c_custkey % 3 = 0`,
        `UPDATE part SET p_size = ${1 + below(50)}, p_name = 'green forest ' || p_partkey WHERE p_partkey IN (${parts})`,
        `UPDATE partsupp SET ps_supplycost = ps_supplycost / 2, ps_availqty = ps_availqty + ${below(500)}
           WHERE ps_partkey IN (${parts})`,
        `UPDATE partsupp SET ps_supplycost = ps_supplycost + 1 WHERE ps_suppkey = ${b} AND ps_partkey % 3 = 1`,
        `UPDATE supplier SET s_nationkey = ${below(25)}, s_acctbal = -s_acctbal,
           s_comment = 'Customer ${one(['none', 'many'])} Complaints' WHERE s_suppkey = ${b}`,
        `UPDATE supplier SET s_comment = 'none' WHERE s_suppkey = ${a}`,
        `UPDATE nation SET n_regionkey = ${below(5)} WHERE n_nationkey = ${below(25)}`,
        `UPDATE region SET r_comment = 'none ${below(9)}' WHERE r_regionkey = ${below(5)}`,
      ],
    }
  }

  get #share(): number {
    return Math.max(2, Math.round(1500 * this.#data.scale))
  }
}

const bound = (data: TpchData) => ({
  below: (n: number): number => data.below(n),
  one: <T>(items: readonly T[]): T => data.one(items),
})

export const insert = (table: TableName, rows: readonly TpchRow[]): string =>
  `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row.map((v) => `'${v}'`).join(', ')})`).join(', ')}`
