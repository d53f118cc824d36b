import type { Log } from '../base/log.ts'
import { runningClock } from '../base/manual-clock.ts'
import { nearest } from '../base/nearest.ts'
import type { Runtime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'
import type { ConnectorSpec } from '../catalog/entry.ts'
import type { RowType } from '../types/sql-type.ts'
import type { OptionSpec, SourceConnector } from './contract.ts'
import { GENERATOR_OPTIONS, GENERATORS, type GeneratorName } from './generator/generator-options.ts'
import { GeneratorSource } from './generator/generator-source.ts'
import { makeGenerator } from './generator/generators.ts'
import { completeSources } from './infer.ts'
import { KAFKA_ALIASES, KAFKA_OPTIONS, START_MODES } from './kafka/kafka-options.ts'
import { KafkajsTransport } from './kafka/kafkajs-transport.ts'
import { KafkaSource, type OpenTransport } from './kafka/source.ts'
import { checkOptions, type Options, unknownOption } from './options.ts'
import type { Rewrite } from './resolve.ts'
import { networkRegistries } from './schema-registry/open.ts'
import type { OpenRegistry } from './schema-registry/registry.ts'

export interface ConnectorDeps {
  readonly runtime: Runtime
  readonly log: Log
  /** Read Kafka in worker threads; false: in this thread (embedded, simulated). */
  readonly threads: boolean
  /** Addresses that lie elsewhere than they say. */
  readonly resolve: readonly Rewrite[]
  /** Another way to Kafka than the network: simulation. Only without threads. */
  readonly openTransport?: OpenTransport
  readonly openRegistry?: OpenRegistry
}

/** The connector kinds, and their options: the table that validation, documentation and error messages come from. */
export const CONNECTOR_OPTIONS: Readonly<Record<string, readonly OptionSpec[]>> = {
  kafka: KAFKA_OPTIONS,
  ...GENERATOR_OPTIONS,
}

/** What makes the sources of a server, and asks schema registries for what their statements leave open. */
export function connectorFactory(deps: ConnectorDeps) {
  const openRegistry = registriesOf(deps)
  const make = (spec: ConnectorSpec, rowType: RowType) => createConnector(spec, rowType, { ...deps, openRegistry })
  return Object.assign(make, { complete: completeSources(openRegistry, runningClock(deps.runtime)) })
}

function registriesOf(deps: ConnectorDeps): OpenRegistry {
  return deps.openRegistry ?? networkRegistries(deps.resolve, runningClock(deps.runtime))
}

/** transport × format × envelope, as the catalog keeps them, becomes a source. */
export function createConnector(spec: ConnectorSpec, rowType: RowType, deps: ConnectorDeps): SourceConnector {
  const { kind, options } = spec.transport
  if (kind === 'kafka') {
    const openTransport: OpenTransport =
      deps.openTransport ??
      ((brokers, clientId) => new KafkajsTransport({ brokers, clientId, resolve: deps.resolve }, deps.log))
    return new KafkaSource(spec, rowType, { ...deps, openTransport, openRegistry: registriesOf(deps) })
  }
  if (isGenerator(kind)) return new GeneratorSource(makeGenerator(kind, options), deps.runtime)
  throw unknownConnector(kind)
}

export interface ValidConnector {
  /** Complete: every option of the table, defaults filled in. Keep these in the catalog. */
  readonly options: Options
  /** About options that are known and have no effect here. */
  readonly notices: readonly string[]
}

/**
 * Checks the options of a connector, whichever system's spelling they come in. `nowMs` becomes the start time of a
 * generator that was given none: it is fixed once, so that a restart makes the same events.
 */
export function validateConnector(kind: string, given: Options, nowMs: number): ValidConnector {
  if (kind === 'kafka') return validateKafka(given)
  if (!isGenerator(kind)) throw unknownConnector(kind)
  const what = `load generator ${kind.toUpperCase()}`
  const options = checkOptions(what, GENERATOR_OPTIONS[kind], given)
  const filled = { ...options, 'start time': options['start time'] ?? nowMs }
  const upTo = filled['up to' as keyof typeof filled]
  if (typeof upTo === 'number' && upTo < 0) throw new SqlError('22023', `option UP TO of ${what} is not negative`)
  makeGenerator(kind, filled)
  return { options: filled, notices: [] }
}

function validateKafka(given: Options): ValidConnector {
  const notices: string[] = []
  const renamed: Record<string, Options[string]> = {}
  for (const [name, value] of Object.entries(given)) {
    const alias = KAFKA_ALIASES[name]
    if (alias === undefined && !KAFKA_OPTIONS.some((each) => each.name === name)) {
      throw unknownOption('connector kafka', [...KAFKA_OPTIONS, ...Object.keys(KAFKA_ALIASES).map(named)], name)
    }
    const canonical = alias === undefined ? name : alias.name
    if (canonical === null) {
      notices.push(`option "${name}" has no effect: ${alias.note}`)
      continue
    }
    if (renamed[canonical] !== undefined) {
      throw new SqlError('42601', `option ${canonical.toUpperCase()} is given twice`)
    }
    renamed[canonical] = value
  }
  const options = { ...checkOptions('connector kafka', KAFKA_OPTIONS, renamed) }
  const mode = START_MODES[String(options['start mode'])]
  if (mode === undefined) {
    const modes = Object.keys(START_MODES).join(', ')
    throw new SqlError('22023', `"${options['start mode']}" is no start mode`, { hint: `There are ${modes}.` })
  }
  if (mode === 'timestamp' && options['start timestamp'] === null) throw missing('start timestamp', 'timestamp')
  if (mode === 'offsets' && options['start offset'] === null) throw missing('start offset', 'specific-offsets')
  if (options['start offset'] !== null && options['start timestamp'] !== null) {
    throw new SqlError('42601', 'START OFFSET and START TIMESTAMP exclude each other')
  }
  return { options: { ...options, 'start mode': mode === 'latest' ? 'latest' : 'earliest' }, notices }
}

const named = (name: string) => ({ name })

function missing(option: string, mode: string): SqlError {
  return new SqlError('42601', `start mode "${mode}" needs the option ${option.toUpperCase()}`)
}

function isGenerator(kind: string): kind is GeneratorName {
  return (GENERATORS as readonly string[]).includes(kind)
}

function unknownConnector(kind: string): SqlError {
  const kinds = Object.keys(CONNECTOR_OPTIONS)
  const near = nearest(kind, kinds)
  const hint = near === null ? `There are ${kinds.join(', ')}.` : `Perhaps you meant ${near}.`
  return new SqlError('0A000', `connector "${kind}" is not supported`, { hint })
}
