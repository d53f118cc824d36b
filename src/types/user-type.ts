import { SqlError } from '../base/sql-error.ts'
import type { Datum } from './value.ts'

/** A label of an enum. Its values are `order`, so that they compare, hash and sort as numbers. */
export interface EnumLabel {
  readonly oid: number
  readonly order: number
  readonly label: string
}

/** What the catalog says of a user's type. */
export interface UserTypeFacts {
  readonly name: string
  readonly schema: string
  /** Of an enum, in their order. */
  readonly labels?: readonly EnumLabel[]
}

/**
 * A type that CREATE TYPE or CREATE DOMAIN made. One object for everything in the server that holds the type: what ALTER
 * TYPE changes is so at once for plans that run. It is its oid that is stored (user-types.ts finds the object again); all
 * else is the catalog's.
 */
export class UserType {
  readonly oid: number
  #facts: UserTypeFacts
  #byLabel: ReadonlyMap<string, EnumLabel> = new Map()
  #byOrder: ReadonlyMap<number, EnumLabel> = new Map()
  #check: ((value: Datum, as: UserType) => void) | null = null

  constructor(oid: number, facts: UserTypeFacts = { name: String(oid), schema: 'public' }) {
    this.oid = oid
    this.#facts = facts
    this.learn(facts)
  }

  /** What the catalog says by now. */
  learn(facts: UserTypeFacts): void {
    this.#facts = facts
    this.#byLabel = new Map(facts.labels?.map((l) => [l.label, l]))
    this.#byOrder = new Map(facts.labels?.map((l) => [l.order, l]))
  }
  /** `check`: of a domain; throws for a value that it has not, in the name of the domain over it, if that is asked. */
  checkBy(check: (value: Datum, as: UserType) => void): void {
    this.#check = check
  }

  get name(): string {
    return this.#facts.name
  }
  get schema(): string {
    return this.#facts.schema
  }
  get arrayOid(): number {
    return userArrayOid(this.oid)
  }
  get facts(): UserTypeFacts {
    return this.#facts
  }
  get labels(): readonly EnumLabel[] {
    return this.#facts.labels ?? []
  }
  /** The label of a value; a value without one stays a number. */
  labelOf(order: number): string {
    return this.#byOrder.get(order)?.label ?? String(order)
  }
  orderOf(label: string, typeName: string): number {
    const found = this.#byLabel.get(label)
    if (found === undefined) throw new SqlError('22P02', `invalid input value for enum ${typeName}: "${label}"`)
    return found.order
  }
  /** Throws 23502 or 23514 for a value that the domain has not. */
  check(value: Datum, as: UserType = this): void {
    this.#check?.(value, as)
  }
}

/** Arrays of user types have no entry of their own in the catalog. */
export const userArrayOid = (oid: number): number => 1_600_000_000 + oid
