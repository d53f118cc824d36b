import type { Name } from '../../../grammar/ast-base.ts'
import type { Format } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import type { Datum } from '../../types/value.ts'
import { bindError } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { type NamedOption, namedOptions, optionDatum, optionText } from './option-value.ts'

/** Options of a schema registry under the names that a source keeps them by: `registry url`, `registry user` … */
export interface RegistryPlan {
  readonly options: Readonly<Record<string, Datum>>
  readonly dependsOn: readonly number[]
}

/** Materialize's names, in CREATE CONNECTION … TO CONFLUENT SCHEMA REGISTRY and behind an inline URL. */
const MATERIALIZE: Readonly<Record<string, string>> = {
  url: 'registry url',
  username: 'registry user',
  user: 'registry user',
  password: 'registry password',
  'ssl certificate authority': 'registry ca',
  'ssl certificate': 'registry certificate',
  'ssl key': 'registry key',
}

/** RisingWave's, in the parentheses of ENCODE. */
const RISINGWAVE: Readonly<Record<string, string>> = {
  'schema.registry': 'registry url',
  'schema.registry.username': 'registry user',
  'schema.registry.password': 'registry password',
  'schema.registry.ca': 'registry ca',
}

/** The options of CREATE CONNECTION … TO CONFLUENT SCHEMA REGISTRY. */
export function registryConnection(options: readonly NamedOption[]): Record<string, Datum> {
  const result = named(options, MATERIALIZE)
  if (result['registry url'] === undefined) throw bindError('42601', 'the connection needs the option URL', undefined)
  return result
}

function named(options: readonly NamedOption[], names: Readonly<Record<string, string>>): Record<string, Datum> {
  const result: Record<string, Datum> = {}
  for (const option of options) {
    const name = Object.hasOwn(names, option.name) ? names[option.name] : undefined
    if (name === undefined) throw notSupported(`option ${option.name.toUpperCase()}`, option.span)
    if (result[name] !== undefined)
      throw bindError('42601', `option ${option.name.toUpperCase()} is given twice`, option)
    result[name] = checkedText(name, option)
  }
  return result
}

function checkedText(name: string, option: NamedOption): string {
  const text = optionText(option)
  const pem = name === 'registry ca' || name === 'registry certificate' || name === 'registry key'
  if (pem && !text.includes('-----BEGIN ')) {
    throw bindError('22023', `option ${option.name.toUpperCase()} takes a PEM text`, option)
  }
  return text
}

/** FORMAT … USING [CONFLUENT] SCHEMA REGISTRY 'url' (…), or CONNECTION c. */
export function registryClause(st: Statement, node: NonNullable<Format['registry']>, at: Format): RegistryPlan {
  const options = namedOptions(node.options)
  if (node.connection === undefined) {
    const given = named(options, MATERIALIZE)
    if (given['registry url'] !== undefined) throw bindError('42601', 'the address of the registry is given twice', at)
    return { options: { ...given, 'registry url': node.url ?? '' }, dependsOn: [] }
  }
  if (options.length > 0) throw notSupported(`option ${options[0].name.toUpperCase()}`, options[0].span)
  const entry = connectionEntry(st, node.connection)
  return { options: entry.options, dependsOn: [entry.id] }
}

function connectionEntry(st: Statement, name: Name) {
  const parts = name.parts.map((p) => p.name)
  const entry = findObject(st.env.catalog, parts, st.env, name.span.start + 1)
  if (entry?.kind !== 'connection') throw bindError('42704', `connection "${parts.join('.')}" does not exist`, name)
  if (entry.transport !== 'schema registry') {
    throw bindError('42809', `connection "${entry.name}" is not one to a schema registry`, name)
  }
  return entry
}

/** RisingWave's options of ENCODE: those of the registry, and what is left. */
export function risingWaveRegistry(options: readonly NamedOption[]): {
  readonly registry: Readonly<Record<string, Datum>>
  readonly rest: readonly NamedOption[]
} {
  const own = options.filter((option) => Object.hasOwn(RISINGWAVE, option.name))
  return { registry: named(own, RISINGWAVE), rest: options.filter((option) => !own.includes(option)) }
}

/** Flink's options of a format that uses a registry, without the format's name before them. */
export function flinkRegistry(
  options: readonly (readonly [name: string, option: NamedOption])[],
): Record<string, Datum> {
  const result: Record<string, Datum> = {}
  for (const [name, option] of options) {
    switch (name) {
      case 'url':
        result['registry url'] = optionText(option)
        break
      case 'subject':
        result['subject'] = optionText(option)
        break
      case 'basic-auth.credentials-source':
        if (optionText(option).toUpperCase() !== 'USER_INFO')
          throw notSupported(`${option.name} '${optionText(option)}'`, option.span)
        break
      case 'basic-auth.user-info': {
        const [user, ...password] = optionText(option).split(':')
        result['registry user'] = user
        result['registry password'] = password.join(':')
        break
      }
      // Kafka Connect's wrapper is recognised by itself.
      case 'schema-include':
        if (typeof optionDatum(option) !== 'boolean' && !/^(true|false)$/.test(optionText(option)))
          throw bindError('22023', `option ${option.name} takes true or false`, option)
        break
      default:
        throw notSupported(`option ${option.name}`, option.span)
    }
  }
  return result
}
