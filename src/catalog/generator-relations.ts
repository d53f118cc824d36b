import {
  BYTEA,
  type Field,
  INT4,
  INT8,
  type RowType,
  type SqlType,
  TEXT,
  TIMESTAMP,
  TIMESTAMPTZ,
} from '../types/sql-type.ts'

/**
 * The relations that load generators make, by generator and table. CREATE SOURCE declares them, generators fill them: they
 * lie here because neither side knows the other.
 */
export interface GeneratorRelation {
  readonly rowType: RowType
  /** Key columns where a later row replaces an earlier one. */
  readonly upsertKey: readonly number[] | null
}

const field = (name: string, type: SqlType): Field => ({ name, type, nullable: false })
const int8 = (name: string): Field => field(name, INT8)
const text = (name: string): Field => field(name, TEXT)
const time = (name: string): Field => field(name, TIMESTAMP)

export const COUNTER_TYPE: RowType = [int8('counter')]

export const KEY_VALUE_TYPE: RowType = [int8('key'), int8('partition'), field('value', BYTEA), int8('offset')]
export const KEY_VALUE_KEY: readonly number[] = [0]

/** AUCTION, with the columns that Materialize gives it. */
export const AUCTION_TYPES = {
  organizations: [int8('id'), text('name')],
  users: [int8('id'), int8('org_id'), text('name')],
  accounts: [int8('id'), int8('org_id'), int8('balance')],
  auctions: [int8('id'), int8('seller'), text('item'), field('end_time', TIMESTAMPTZ)],
  bids: [int8('id'), int8('buyer'), int8('auction_id'), field('amount', INT4), field('bid_time', TIMESTAMPTZ)],
} as const satisfies Record<string, RowType>

const NEXMARK_KINDS = {
  person: [
    int8('id'),
    text('name'),
    text('email_address'),
    text('credit_card'),
    text('city'),
    text('state'),
    time('date_time'),
    text('extra'),
  ],
  auction: [
    int8('id'),
    text('item_name'),
    text('description'),
    int8('initial_bid'),
    int8('reserve'),
    time('date_time'),
    time('expires'),
    int8('seller'),
    int8('category'),
    text('extra'),
  ],
  bid: [int8('auction'), int8('bidder'), int8('price'), text('channel'), text('url'), time('date_time'), text('extra')],
} as const satisfies Record<string, RowType>

const everyKind: RowType = (['person', 'auction', 'bid'] as const).flatMap((kind) =>
  NEXMARK_KINDS[kind].map((f) => ({ ...f, name: `${kind}_${f.name}`, nullable: true })),
)

/** NEXMARK; `event`: every event as one row, the columns of its kind filled and the others NULL. */
export const NEXMARK_TYPES = {
  ...NEXMARK_KINDS,
  event: [field('event_type', INT4), ...everyKind],
} as const satisfies Record<string, RowType>

const growing = (types: Readonly<Record<string, RowType>>): Record<string, GeneratorRelation> =>
  Object.fromEntries(Object.entries(types).map(([table, rowType]) => [table, { rowType, upsertKey: null }]))

/** A generator of one table needs no TABLE option. */
export const GENERATOR_RELATIONS: Readonly<Record<string, Readonly<Record<string, GeneratorRelation>>>> = {
  counter: growing({ counter: COUNTER_TYPE }),
  'key value': { 'key value': { rowType: KEY_VALUE_TYPE, upsertKey: KEY_VALUE_KEY } },
  auction: growing(AUCTION_TYPES),
  nexmark: growing(NEXMARK_TYPES),
}
