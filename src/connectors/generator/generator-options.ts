import type { OptionSpec } from '../contract.ts'

export const GENERATORS = ['counter', 'auction', 'key value', 'nexmark'] as const
export type GeneratorName = (typeof GENERATORS)[number]

const UP_TO: OptionSpec = {
  name: 'up to',
  type: 'int',
  required: false,
  default: null,
  description: 'the number of events after which it ends',
}
const SEED: OptionSpec = {
  name: 'seed',
  type: 'int',
  required: false,
  default: 0,
  description: 'another seed, other values',
}
const TICK: OptionSpec = {
  name: 'tick interval',
  type: 'interval',
  required: false,
  default: { months: 0, days: 0, micros: 1_000_000 },
  description: 'time between two events',
}
const START: OptionSpec = {
  name: 'start time',
  type: 'timestamp',
  required: false,
  default: null,
  description: 'time of the first event; when the source is created unless given',
}
const text = (name: string, required: boolean, fallback: string | null, description: string): OptionSpec => ({
  name,
  type: 'text',
  required,
  default: fallback,
  description,
})
const int = (name: string, fallback: number | null, description: string): OptionSpec => ({
  name,
  type: 'int',
  required: false,
  default: fallback,
  description,
})

/** Options of the load generators. */
export const GENERATOR_OPTIONS = {
  counter: [TICK, UP_TO, START],
  auction: [
    text('table', true, null, 'the relation: organizations, users, accounts, auctions or bids'),
    { ...TICK, description: 'time between two auctions; each gets ten bids' },
    UP_TO,
    SEED,
    START,
  ],
  'key value': [
    int('keys', 1_000, 'the number of keys'),
    int('partitions', 1, 'the number that keys are divided into'),
    int('snapshot rounds', 1, 'how often every key is written, at once, before updates begin'),
    int('value size', 16, 'bytes of a value'),
    { ...TICK, description: 'time between two updates' },
    UP_TO,
    SEED,
    START,
  ],
  nexmark: [
    text('table', true, null, 'person, auction, bid, or event for all three in one'),
    int('events per second', 10_000, 'the rate of the stream, which its event times follow'),
    {
      name: 'paced',
      type: 'bool',
      required: false,
      default: true,
      description: 'false: as fast as they are taken, event times unchanged',
    },
    UP_TO,
    SEED,
    START,
  ],
} as const satisfies Record<GeneratorName, readonly OptionSpec[]>
