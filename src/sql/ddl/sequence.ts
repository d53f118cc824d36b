import type { Alter, CreateSequence } from '../../../grammar/ast-ddl.ts'
import type { SequenceOption } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry, SequenceEntry } from '../../catalog/entry.ts'
import type { DdlPlan, SequencePlan } from '../../plan/ddl.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { lookupRelation } from '../bind/relation.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { resolveType } from '../type-name.ts'
import { typeText } from '../type-text.ts'
import { canonicalSql } from './canonical.ts'
import { lastName, schemaOf } from './create-view.ts'

type SequenceType = SequencePlan['type']

const RANGE = {
  int2: [-32768n, 32767n],
  int4: [-2147483648n, 2147483647n],
  int8: [-(2n ** 63n), 2n ** 63n - 1n],
} as const satisfies Record<SequenceType, readonly [bigint, bigint]>

interface Bound {
  readonly spec: SequencePlan
  /** undefined: not written; null: at the start. */
  readonly restart: bigint | null | undefined
  readonly ownedBy: SequenceOption | undefined
}

/** The options of a sequence over what it was; `type`: of the column that it is made for. */
export function bindSequence(
  options: readonly SequenceOption[],
  before: SequencePlan | null,
  type: SequenceType = 'int8',
): Bound {
  const given = new Map<string, SequenceOption>()
  for (const option of options) {
    const key = option.option.replace(/^NO /, '')
    if (given.has(key)) throw bindError('42601', 'conflicting or redundant options', option)
    given.set(key, option)
  }
  const value = (key: string): bigint | undefined => {
    const option = given.get(key)
    return option?.value === undefined ? undefined : integer(option)
  }
  const as = given.get('AS')
  const own = as === undefined ? (before?.type ?? type) : sequenceType(as)
  const [lowest, highest] = RANGE[own]
  const increment = value('INCREMENT') ?? before?.increment ?? 1n
  if (increment === 0n) throw bindError('22023', 'INCREMENT must not be zero', undefined)
  const up = increment > 0n
  // Where a bound was that of the type before, it follows the type.
  const kept = (bound: 'min' | 'max', of: 0 | 1): bigint | undefined =>
    before === null || (as !== undefined && before[bound] === RANGE[before.type][of]) ? undefined : before[bound]
  const max = value('MAXVALUE') ?? (given.has('MAXVALUE') ? undefined : kept('max', 1)) ?? (up ? highest : -1n)
  const min = value('MINVALUE') ?? (given.has('MINVALUE') ? undefined : kept('min', 0)) ?? (up ? 1n : lowest)
  const outside = (what: string, bound: bigint) =>
    bindError(
      '22023',
      `${what} (${bound}) is out of range for sequence data type ${typeText({ kind: own })}`,
      undefined,
    )
  if (max < lowest || max > highest) throw outside('MAXVALUE', max)
  if (min < lowest || min > highest) throw outside('MINVALUE', min)
  if (min >= max) throw bindError('22023', `MINVALUE (${min}) must be less than MAXVALUE (${max})`, undefined)
  const start = value('START') ?? before?.start ?? (up ? min : max)
  checkWithin('START', start, min, max)
  const cache = value('CACHE') ?? before?.cache ?? 1n
  if (cache <= 0n) throw bindError('22023', `CACHE (${cache}) must be greater than zero`, undefined)
  const cycle = given.has('CYCLE') ? given.get('CYCLE')!.option === 'CYCLE' : (before?.cycle ?? false)
  const restart = given.has('RESTART') ? (value('RESTART') ?? null) : undefined
  if (restart != null) checkWithin('RESTART', restart, min, max)
  const spec = { type: own, start, increment, min, max, cache, cycle }
  return { spec, restart, ownedBy: given.get('OWNED BY') }
}

function checkWithin(what: string, value: bigint, min: bigint, max: bigint): void {
  if (value < min) throw bindError('22023', `${what} value (${value}) cannot be less than MINVALUE (${min})`, undefined)
  if (value > max)
    throw bindError('22023', `${what} value (${value}) cannot be greater than MAXVALUE (${max})`, undefined)
}

function integer(option: SequenceOption): bigint {
  const text = option.value ?? ''
  if (!/^[+-]?\d+$/.test(text)) throw bindError('42601', `invalid value for sequence option: ${text}`, option)
  const value = BigInt(text)
  const [lowest, highest] = RANGE.int8
  if (value < lowest || value > highest)
    throw bindError('22003', `value "${text}" is out of range for type bigint`, option)
  return value
}

function sequenceType(option: SequenceOption): SequenceType {
  const type = resolveType(option.type!)
  if (type.kind === 'int2' || type.kind === 'int4' || type.kind === 'int8') return type.kind
  throw bindError('22023', 'sequence type must be smallint, integer, or bigint', undefined)
}

export function planCreateSequence(node: CreateSequence, context: PlanningContext): DdlPlan {
  handled(node, ['ifNotExists', 'name', 'options'])
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const { spec, restart, ownedBy } = bindSequence(node.options, null)
  if (restart !== undefined) throw notSupported('RESTART of a new sequence', node.span)
  const owner = owning(st, ownedBy) ?? null
  return {
    kind: 'createSequence',
    schema: schema.id,
    name: lastName(node.name),
    ifNotExists: node.ifNotExists ?? false,
    spec,
    ownedBy: owner,
    dependsOn: owner === null ? [] : [owner.table],
    sql: canonicalSql(st, context.sql, node.span),
  }
}

/** ALTER SEQUENCE … options. */
export function planAlterSequence(
  entry: CatalogEntry,
  action: Extract<Alter['actions'][number], { kind: 'sequenceOptions' }>,
  context: PlanningContext,
): DdlPlan {
  if (entry.kind !== 'sequence') throw bindError('42809', `"${entry.name}" is not a sequence`, action)
  const st = newStatement(bindEnv(context))
  const { spec, restart, ownedBy } = bindSequence(action.options, entry.spec)
  const owner = owning(st, ownedBy)
  if (owner !== undefined) checkNoIdentity(entry, context)
  return {
    kind: 'alterSequence',
    object: entry.id,
    spec,
    restart: restart === null ? spec.start : (restart ?? null),
    ...(owner !== undefined && { ownedBy: owner }),
  }
}

function checkNoIdentity({ name, ownedBy }: SequenceEntry, { catalog }: PlanningContext): void {
  const table = ownedBy === null ? undefined : catalog.byId(ownedBy.table)
  if (table?.kind !== 'table' || table.columns[ownedBy!.column]?.identity === undefined) return
  throw bindError('0A000', 'cannot change ownership of identity sequence', undefined, {
    detail: `Sequence "${name}" is linked to table "${table.name}".`,
  })
}

/** undefined: not written; null: NONE. */
function owning(st: Statement, option: SequenceOption | undefined) {
  if (option?.name === undefined) return undefined
  const { parts, span } = option.name
  if (parts.length === 1) {
    if (parts[0]!.name === 'none') return null
    throw bindError('42601', 'invalid OWNED BY option', undefined, {
      hint: 'Specify OWNED BY table.column or OWNED BY NONE.',
    })
  }
  const table = lookupRelation(st, { ...option.name, parts: parts.slice(0, -1), span })
  const wanted = parts.at(-1)!.name
  if (table.kind !== 'table')
    throw bindError('42809', `sequence cannot be owned by relation "${table.name}"`, undefined)
  const column = table.columns.findIndex((c) => c.name === wanted)
  if (column < 0) throw bindError('42703', `column "${wanted}" of relation "${table.name}" does not exist`, undefined)
  return { table: table.id, column }
}
