import { SqlError } from '../../base/sql-error.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { Scalar } from '../../plan/scalar.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { userTypesOf } from '../../types/user-types.ts'
import type { SourceRuntime } from '../source.ts'
import type { World } from '../world.ts'

/**
 * What keeps a type from being changed: a view that made something of its labels, or of the rules of a domain, must take
 * back just that when its row goes. Values themselves stay what they are.
 */
export function refuseReadLabels(world: World, type: number, renames: boolean): void {
  for (const view of world.views.values()) {
    const reads = (s: Scalar): boolean => {
      if (s.kind === 'call') {
        if (!s.args.some((arg) => isOf(arg.type, type))) return false
        return OF_ALL_LABELS.test(s.fn) || (renames && !COMPARES.test(s.fn))
      }
      return renames && s.kind === 'cast' && isOf(s.arg.type, type) !== isOf(s.type, type)
    }
    if (someNode(view.plan, reads)) throw refused(world, type, `${described(view)} reads its labels`)
  }
}

const OF_ALL_LABELS = /^enum_(first|last|range)\(/
const COMPARES = /^(enum|array|record)_(eq|ne|lt|le|gt|ge|cmp|smaller|larger)\(/

/** Sources that read labels; their readers are to begin again. */
export function sourcesOf(world: World, type: number): SourceRuntime[] {
  const sources = [...world.sources.values()].filter((s) => s.entry.rowType.some((f) => isOf(f.type, type)))
  for (const view of world.views.values()) {
    if (view.live || !sources.some((source) => objectsOf(view.plan).includes(source.entry.id))) continue
    throw new SqlError('55006', `cannot alter type ${world.catalog.byId(type)?.name} while ${described(view)} hydrates`)
  }
  return sources
}

/** A view that checks values by the rules of a domain: what passed once must pass again when it goes. */
export function refuseReadRules(world: World, domain: number): void {
  for (const view of world.views.values()) {
    const checks = (s: Scalar): boolean => s.kind === 'cast' && isOf(s.type, domain) && !isOf(s.arg.type, domain)
    if (someNode(view.plan, checks)) throw refused(world, domain, `${described(view)} casts to it`)
  }
}

const isOf = (type: SqlType | undefined, oid: number): boolean =>
  type !== undefined && [...userTypesOf(type)].some((user) => user.oid === oid)

const described = ({ entry }: { readonly entry: { readonly name: string } | null }): string =>
  entry === null ? 'a subscription' : `materialized view ${entry.name}`

function refused({ catalog }: World, type: number, why: string): SqlError {
  const name = catalog.byId(type)?.name
  return new SqlError('2BP01', `cannot alter type ${name} because other objects depend on it`, {
    detail: `${why[0]!.toUpperCase()}${why.slice(1)}.`,
    hint: 'Drop it first, and make it again afterwards.',
  })
}

/** Whether any scalar of a plan is such a one. */
function someNode(value: unknown, test: (s: Scalar) => boolean): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  const { kind } = value as { kind?: string }
  if ((kind === 'call' || kind === 'cast') && test(value as Scalar)) return true
  return Object.values(value).some((child) => someNode(child, test))
}

/** The user's types that the columns of a relation are made of, as what it depends on. */
export const typesOfColumns = (columns: readonly { readonly type: SqlType }[]): number[] => [
  ...new Set(columns.flatMap((c) => [...userTypesOf(c.type)].map((user) => user.oid))),
]
