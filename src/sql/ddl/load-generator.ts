import type { WithOption } from '../../../grammar/ast-base.ts'
import type { Encoding, Transport } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import { GENERATOR_RELATIONS } from '../../catalog/generator-relations.ts'
import type { Datum } from '../../types/value.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import type { BoundConnector } from './bound-connector.ts'
import type { Columns } from './columns.ts'
import { namedOptions, optionDatum } from './option-value.ts'

/** FROM LOAD GENERATOR: columns and key are the generator's. */
export function bindGenerator(
  node: Encoding & Place & { readonly with: readonly WithOption[] },
  transport: Extract<Transport, { kind: 'loadGenerator' }>,
  declared: Columns,
): BoundConnector {
  handled(transport, ['generator', 'options'])

  const name = transport.generator.toLowerCase().replaceAll('_', ' ')
  const tables = Object.hasOwn(GENERATOR_RELATIONS, name) ? GENERATOR_RELATIONS[name] : undefined
  if (!tables) throw notSupported(`LOAD GENERATOR ${transport.generator}`, transport.span)
  if (declared.columns.length > 0) throw bindError('42601', 'a load generator has columns of its own', node)
  const clause = node.format ?? node.valueFormat ?? node.keyFormat ?? node.include[0]
  if (clause) throw bindError('42601', 'a load generator takes no FORMAT or INCLUDE', clause)
  if (node.envelope && node.envelope.envelope !== 'NONE')
    throw notSupported('ENVELOPE of a load generator', node.envelope.span)
  const options: Record<string, Datum> = { name }
  for (const option of [...namedOptions(transport.options), ...namedOptions(node.with)]) {
    options[option.name] = optionDatum(option)
  }
  const names = Object.keys(tables)
  const wanted = options['table'] ?? (names.length === 1 ? names[0] : undefined)
  const table = typeof wanted === 'string' && Object.hasOwn(tables, wanted) ? tables[wanted] : undefined
  if (!table) {
    throw bindError('42601', `LOAD GENERATOR ${name.toUpperCase()} needs the option TABLE`, transport, {
      hint: `It has ${names.join(', ')}.`,
    })
  }
  return {
    connector: {
      transport: { kind: 'generator', options },
      keyFormat: null,
      format: null,
      envelope: {
        kind: table.upsertKey ? 'upsert' : 'none',
        options: table.upsertKey ? { key: [...table.upsertKey] } : {},
      },
      include: [],
    },
    columns: table.rowType.map((f) => ({ name: f.name, type: f.type, notNull: !f.nullable, defaultSql: null })),
    upsertKey: table.upsertKey,
    dependsOn: [],
  }
}
