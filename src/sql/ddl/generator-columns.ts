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
} from '../../types/sql-type.ts'

const field = (name: string, type: SqlType): Field => ({ name, type, nullable: false })

const NEXMARK: Readonly<Record<'person' | 'auction' | 'bid', RowType>> = {
  person: [
    field('id', INT8),
    field('name', TEXT),
    field('email_address', TEXT),
    field('credit_card', TEXT),
    field('city', TEXT),
    field('state', TEXT),
    field('date_time', TIMESTAMP),
    field('extra', TEXT),
  ],
  auction: [
    field('id', INT8),
    field('item_name', TEXT),
    field('description', TEXT),
    field('initial_bid', INT8),
    field('reserve', INT8),
    field('date_time', TIMESTAMP),
    field('expires', TIMESTAMP),
    field('seller', INT8),
    field('category', INT8),
    field('extra', TEXT),
  ],
  bid: [
    field('auction', INT8),
    field('bidder', INT8),
    field('price', INT8),
    field('channel', TEXT),
    field('url', TEXT),
    field('date_time', TIMESTAMP),
    field('extra', TEXT),
  ],
}

const everyKind: RowType = [
  field('event_type', INT4),
  ...(['person', 'auction', 'bid'] as const).flatMap((kind) =>
    NEXMARK[kind].map((f) => ({ ...f, name: `${kind}_${f.name}`, nullable: true })),
  ),
]

export interface GeneratorTable {
  readonly rowType: RowType
  readonly upsertKey: readonly number[] | null
}

const grows = (rowType: RowType): GeneratorTable => ({ rowType, upsertKey: null })

/** The relations that load generators make, by generator and table. A generator of one table needs no TABLE option. */
export const GENERATOR_TABLES: Readonly<Record<string, Readonly<Record<string, GeneratorTable>>>> = {
  counter: { counter: grows([field('counter', INT8)]) },
  'key value': {
    'key value': {
      rowType: [field('key', INT8), field('partition', INT8), field('value', BYTEA), field('offset', INT8)],
      upsertKey: [0],
    },
  },
  auction: {
    organizations: grows([field('id', INT8), field('name', TEXT)]),
    users: grows([field('id', INT8), field('org_id', INT8), field('name', TEXT)]),
    accounts: grows([field('id', INT8), field('org_id', INT8), field('balance', INT8)]),
    auctions: grows([field('id', INT8), field('seller', INT8), field('item', TEXT), field('end_time', TIMESTAMPTZ)]),
    bids: grows([
      field('id', INT8),
      field('buyer', INT8),
      field('auction_id', INT8),
      field('amount', INT4),
      field('bid_time', TIMESTAMPTZ),
    ]),
  },
  nexmark: {
    person: grows(NEXMARK.person),
    auction: grows(NEXMARK.auction),
    bid: grows(NEXMARK.bid),
    event: grows(everyKind),
  },
}
