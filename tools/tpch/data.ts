import { mulberry32 } from '../fuzz/choices.ts'
import { TABLE_NAMES, type TableName } from './tables.ts'
import {
  COLOURS,
  CONTAINERS,
  INSTRUCTIONS,
  MODES,
  NATIONS,
  NOUNS,
  PRIORITIES,
  REGIONS,
  SEGMENTS,
  TYPES,
  VERBS,
} from './words.ts'

/** A row as texts, in the order of the table's columns. */
export type TpchRow = readonly string[]

export interface Order {
  readonly order: TpchRow
  readonly lines: readonly TpchRow[]
}

/**
 * Data in the manner of TPC-H, of any scale (1: six million lines of orders), the same for the same seed: the sizes,
 * ranges and ties between columns that its queries look for. What it says of texts is followed as far as queries read them.
 */
export class TpchData {
  readonly scale: number
  readonly counts: Readonly<Record<'supplier' | 'part' | 'customer' | 'orders', number>>
  readonly #random: () => number

  constructor(scale: number, seed: number) {
    this.scale = scale
    const many = (rows: number, least: number): number => Math.max(least, Math.round(rows * scale))
    this.counts = {
      supplier: many(10_000, 5),
      part: many(200_000, 20),
      customer: many(150_000, 30),
      orders: many(1_500_000, 100),
    }
    this.#random = mulberry32(seed)
  }

  /** All rows of the tables as they are at first. */
  rows(): Record<TableName, TpchRow[]> {
    const all = Object.fromEntries(TABLE_NAMES.map((name) => [name, []])) as unknown as Record<TableName, TpchRow[]>
    REGIONS.forEach((name, i) => {
      all.region.push([`${i}`, name, this.#text(4)])
    })
    NATIONS.forEach(([name, region], i) => {
      all.nation.push([`${i}`, name, `${region}`, this.#text(4)])
    })
    for (let s = 1; s <= this.counts.supplier; s++) all.supplier.push(this.supplier(s))
    for (let p = 1; p <= this.counts.part; p++) {
      all.part.push(this.part(p))
      for (let i = 0; i < 4; i++) all.partsupp.push(this.partSupp(p, this.supplierOf(p, i)))
    }
    for (let c = 1; c <= this.counts.customer; c++) all.customer.push(this.customer(c))
    for (let o = 0; o < this.counts.orders; o++) {
      const { order, lines } = this.order(orderKey(o))
      all.orders.push(order)
      all.lineitem.push(...lines)
    }
    return all
  }

  /** 0 … below - 1. */
  below(below: number): number {
    return Math.floor(this.#random() * below)
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** The i-th of the four suppliers of a part. */
  supplierOf(part: number, i: number): number {
    const s = this.counts.supplier
    const step = 1 + (Math.floor(part / s) % Math.floor(s / 4))
    return ((part + i * step) % s) + 1
  }

  supplier(key: number): TpchRow {
    const nation = this.below(25)
    // Five of ten thousand complain, five recommend; at small scales some.
    const says = this.below(40)
    const comment =
      says === 0
        ? `${this.#text(1)} Customer ${this.#text(1)} Complaints`
        : says === 1
          ? 'Customer Recommends'
          : this.#text(6)
    const name = `Supplier#${String(key).padStart(9, '0')}`
    return [`${key}`, name, this.#address(), `${nation}`, this.#phone(nation), this.#cents(-99_999, 999_999), comment]
  }

  part(key: number): TpchRow {
    const names = new Set<string>()
    while (names.size < 5) names.add(this.one(COLOURS))
    const maker = 1 + this.below(5)
    const type = TYPES.map((syllable) => this.one(syllable)).join(' ')
    return [
      `${key}`,
      [...names].join(' '),
      `Manufacturer#${maker}`,
      `Brand#${maker}${1 + this.below(5)}`,
      type,
      `${1 + this.below(50)}`,
      CONTAINERS.map((syllable) => this.one(syllable)).join(' '),
      money(retailCents(key)),
      this.#text(2),
    ]
  }

  partSupp(part: number, supplier: number): TpchRow {
    return [`${part}`, `${supplier}`, `${1 + this.below(9999)}`, this.#cents(100, 100_000), this.#text(8)]
  }

  customer(key: number): TpchRow {
    const nation = this.below(25)
    const name = `Customer#${String(key).padStart(9, '0')}`
    const phone = this.#phone(nation)
    const balance = this.#cents(-99_999, 999_999)
    return [`${key}`, name, this.#address(), `${nation}`, phone, balance, this.one(SEGMENTS), this.#text(6)]
  }

  /** With one to seven lines, of a customer that has orders: every third has none. */
  order(key: number): Order {
    let customer = 1 + this.below(this.counts.customer)
    if (customer % 3 === 0) customer = Math.max(1, customer - 1)
    const ordered = FIRST_DAY + this.below(LAST_DAY - FIRST_DAY - 151)
    const lines: TpchRow[] = []
    let total = 0
    let open = 0
    const count = 1 + this.below(7)
    for (let n = 1; n <= count; n++) {
      const part = 1 + this.below(this.counts.part)
      const quantity = 1 + this.below(50)
      const price = quantity * retailCents(part)
      const [discount, tax] = [this.below(11), this.below(9)]
      const shipped = ordered + 1 + this.below(121)
      const received = shipped + 1 + this.below(30)
      if (shipped > CURRENT_DAY) open++
      total += Math.round((price * (100 - discount) * (100 + tax)) / 10_000)
      lines.push([
        `${key}`,
        `${part}`,
        `${this.supplierOf(part, this.below(4))}`,
        `${n}`,
        `${quantity}.00`,
        money(price),
        money(discount),
        money(tax),
        received <= CURRENT_DAY ? this.one(['R', 'A']) : 'N',
        shipped > CURRENT_DAY ? 'O' : 'F',
        dateText(shipped),
        dateText(ordered + 30 + this.below(61)),
        dateText(received),
        this.one(INSTRUCTIONS),
        this.one(MODES),
        this.#text(3),
      ])
    }
    const status = open === 0 ? 'F' : open === count ? 'O' : 'P'
    const clerk = `Clerk#${String(1 + this.below(Math.max(1, Math.round(1000 * this.scale)))).padStart(9, '0')}`
    const comment = this.below(30) === 0 ? `${this.#text(1)} special ${this.#text(1)} requests` : this.#text(5)
    const row = [
      `${key}`,
      `${customer}`,
      status,
      money(total),
      dateText(ordered),
      this.one(PRIORITIES),
      clerk,
      '0',
      comment,
    ]
    return { order: row, lines }
  }

  #text(words: number): string {
    return Array.from({ length: words }, (_, i) => this.one(i % 2 === 0 ? NOUNS : VERBS)).join(' ')
  }

  #address(): string {
    return `${1 + this.below(999)} ${this.one(NOUNS)} street`
  }

  #phone(nation: number): string {
    return `${nation + 10}-${100 + this.below(900)}-${100 + this.below(900)}-${1000 + this.below(9000)}`
  }

  #cents(low: number, high: number): string {
    return money(low + this.below(high - low + 1))
  }
}

/** Keys of orders leave room between them: of each 32 eight are used at first. */
export const orderKey = (n: number): number => (n >> 3) * 32 + (n & 7) + 1

const retailCents = (part: number): number => 90_000 + (Math.floor(part / 10) % 20_001) + 100 * (part % 1000)

const money = (cents: number): string => {
  const text = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`
}

const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(1992, 0, 1) / DAY_MS
const LAST_DAY = Date.UTC(1998, 11, 31) / DAY_MS
const CURRENT_DAY = Date.UTC(1995, 5, 17) / DAY_MS

const dateText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
