import { AUCTION_TYPES } from '../../catalog/generator-relations.ts'
import { StrBuilder } from '../../types/column-build.ts'
import type { RowType } from '../../types/sql-type.ts'
import { type EventGenerator, everyEvent, type GeneratedRows, numberColumn } from './event-generator.ts'
import { EventRandom } from './random.ts'

export type AuctionTable = keyof typeof AUCTION_TYPES

const COMPANIES = ['Millrace Ltd', 'Weir & Sons', 'Sluice Co', 'Headwater Inc', 'Tailrace Group', 'Penstock AG']
const ITEMS = ['Signed Memorabilia', 'City Bar Crawl', 'Best Pizza in Town', 'Gift Basket', 'Custom Art', 'Old Clock']
const NAMES = ['Ada', 'Bob', 'Cleo', 'Dana', 'Emil', 'Fay', 'Gus', 'Hana', 'Ivo', 'June', 'Karl', 'Lena']
const USERS = 100
export const BIDS_PER_AUCTION = 10
/** An auction stays open this long. */
const OPEN_MS = 10_000

export interface AuctionOptions {
  readonly table: AuctionTable
  readonly seed: number
  /** Time of event 0, and between two events of the table. */
  readonly startMs: number
  readonly eventMs: number
}

/** AUCTION: a fixed set of organizations, users and accounts; auctions at a steady rate, each with ten bids while it is open. */
export class AuctionGenerator implements EventGenerator {
  readonly rowType: RowType
  readonly upsertKey = null
  readonly count: number | null
  private readonly options: AuctionOptions
  private readonly random: EventRandom

  constructor(options: AuctionOptions) {
    this.options = options
    this.rowType = AUCTION_TYPES[options.table]
    this.random = new EventRandom(options.seed)
    this.count = {
      organizations: COMPANIES.length,
      accounts: COMPANIES.length,
      users: USERS,
      auctions: null,
      bids: null,
    }[options.table]
  }

  generate(from: number, to: number): GeneratedRows {
    const n = to - from
    const offsets = everyEvent(from, to)
    const ids = numberColumn(n, (i) => from + i + 1)
    const column = (use: (event: number) => number) =>
      numberColumn(n, (i) => {
        this.random.at(from + i)
        return use(from + i)
      })
    const { table } = this.options
    switch (table) {
      case 'organizations':
        return { n, offsets, cols: [ids, texts(n, (i) => COMPANIES[from + i])] }
      case 'accounts':
        return { n, offsets, cols: [ids, ids, column(() => 1_000 + this.random.below(0, 9_000))] }
      case 'users': {
        const names = texts(n, (i) => `${NAMES[(from + i) % NAMES.length]} ${from + i + 1}`)
        return { n, offsets, cols: [ids, column(() => 1 + this.random.below(0, COMPANIES.length)), names] }
      }
      case 'auctions': {
        const items = texts(n, (i) => {
          this.random.at(from + i)
          return ITEMS[this.random.below(1, ITEMS.length)]
        })
        const ends = column((event) => (this.timeMs(event) + OPEN_MS) * 1000)
        return { n, offsets, cols: [ids, column(() => 1 + this.random.below(0, USERS)), items, ends] }
      }
      case 'bids': {
        const auctions = column((event) => Math.floor(event / BIDS_PER_AUCTION) + 1)
        const amounts = column((event) => 10 * ((event % BIDS_PER_AUCTION) + 1) + this.random.below(1, 10))
        const times = column((event) => this.timeMs(event) * 1000)
        return { n, offsets, cols: [ids, column(() => 1 + this.random.below(0, USERS)), auctions, amounts, times] }
      }
    }
  }

  private timeMs(event: number): number {
    return Math.floor(this.options.startMs + event * this.options.eventMs)
  }
}

function texts(n: number, value: (i: number) => string) {
  const builder = new StrBuilder(n)
  for (let i = 0; i < n; i++) builder.appendString(value(i))
  return builder.finish()
}
