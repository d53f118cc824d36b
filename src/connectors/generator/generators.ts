import { nearest } from '../../base/nearest.ts'
import { SqlError } from '../../base/sql-error.ts'
import { AUCTION_TYPES, NEXMARK_TYPES } from '../../catalog/generator-relations.ts'
import type { Interval } from '../../types/value.ts'
import type { Options } from '../options.ts'
import { AuctionGenerator, BIDS_PER_AUCTION } from './auction.ts'
import { CounterGenerator } from './counter.ts'
import type { EventGenerator } from './event-generator.ts'
import type { GeneratorName } from './generator-options.ts'
import { KeyValueGenerator } from './key-value.ts'
import { NexmarkGenerator } from './nexmark.ts'

/** A generator with its pace. */
export interface PacedGenerator {
  readonly generator: EventGenerator
  readonly startMs: number
  /** Time between two events; 0: as fast as they are taken. */
  readonly eventMs: number
  /** Events that are due at once, before the pace begins. */
  readonly atOnce: number
  readonly upTo: number | null
}

/** From checked options (`start time` filled in). */
export function makeGenerator(name: GeneratorName, options: Options): PacedGenerator {
  const int = (option: string) => (options[option] ?? 0) as number
  const startMs = int('start time')
  const upTo = (options['up to'] ?? null) as number | null
  const table = options['table'] as string | null
  const seed = int('seed')
  switch (name) {
    case 'counter':
      return { generator: new CounterGenerator(), startMs, eventMs: tickMs(options), atOnce: 0, upTo }
    case 'key value': {
      const [keys, partitions, snapshotRounds] = [int('keys'), int('partitions'), int('snapshot rounds')]
      const valueBytes = int('value size')
      if (keys < 1 || partitions < 1) throw new SqlError('22023', 'KEYS and PARTITIONS of KEY VALUE are at least 1')
      if (valueBytes < 0 || valueBytes > 1_000_000) throw new SqlError('22023', 'VALUE SIZE is 0 to 1000000 bytes')
      const generator = new KeyValueGenerator({ keys, partitions, snapshotRounds, valueBytes, seed })
      return { generator, startMs, eventMs: tickMs(options), atOnce: keys * snapshotRounds, upTo }
    }
    case 'auction': {
      const relation = tableOf(name, AUCTION_TYPES, table)
      const eventMs = relation === 'bids' ? tickMs(options) / BIDS_PER_AUCTION : tickMs(options)
      const generator = new AuctionGenerator({ table: relation, seed, startMs, eventMs })
      return { generator, startMs, eventMs, atOnce: generator.count ?? 0, upTo }
    }
    case 'nexmark': {
      const rate = int('events per second')
      if (rate < 1) throw new SqlError('22023', 'EVENTS PER SECOND of NEXMARK is at least 1')
      const relation = tableOf(name, NEXMARK_TYPES, table)
      const generator = new NexmarkGenerator({ table: relation, seed, startMs, eventMs: 1000 / rate })
      return { generator, startMs, eventMs: options['paced'] === false ? 0 : 1000 / rate, atOnce: 0, upTo }
    }
  }
}

function tickMs(options: Options): number {
  const { months, days, micros } = options['tick interval'] as Interval
  const ms = Number(micros) / 1000
  if (months !== 0 || days !== 0 || ms < 0.001)
    throw new SqlError('22023', 'TICK INTERVAL is hours or less, above zero')
  return ms
}

function tableOf<T extends string>(name: GeneratorName, types: Readonly<Record<T, unknown>>, table: string | null): T {
  const tables = Object.keys(types) as T[]
  const found = tables.find((each) => each === table)
  if (found !== undefined) return found
  const near = table === null ? null : nearest(table, tables)
  const hint = near === null ? `It has ${tables.join(', ')}.` : `Perhaps you meant ${near}.`
  throw new SqlError('22023', `${name.toUpperCase()} has no table ${table === null ? 'by default' : `"${table}"`}`, {
    hint,
  })
}
