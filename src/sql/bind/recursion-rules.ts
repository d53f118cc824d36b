import type { FromItem, Query, QueryBody } from '../../../grammar/ast.ts'
import { bindError } from './bind-error.ts'
import { isAggregate } from './overload.ts'

/** What PostgreSQL asks of the term of WITH RECURSIVE that reads its own name. */
export function checkRecursiveTerm(
  name: string,
  node: Query,
  body: Extract<QueryBody, { kind: 'setOperation' }>,
): void {
  const check = new Check(name)
  for (const [clause, at] of [
    ['ORDER BY', node.orderBy[0]],
    ['OFFSET', node.offset],
    ['LIMIT', node.limit],
    ['FOR UPDATE/SHARE', node.locking[0]],
  ] as const) {
    if (at) throw bindError('0A000', `${clause} in a recursive query is not implemented`, at)
  }
  check.visit(body.left, 'its non-recursive term')
  check.visit(body.right, null)
}

/** Where a reference must not stand; null where it may. */
type Within = 'its non-recursive term' | 'a subquery' | 'an outer join' | 'INTERSECT' | 'EXCEPT' | null

class Check {
  readonly #name: string
  #seen = false

  constructor(name: string) {
    this.#name = name
  }

  visit(node: unknown, within: Within): void {
    if (node === null || typeof node !== 'object') return
    if (Array.isArray(node)) {
      for (const item of node) this.visit(item, within)
      return
    }
    const at = node as { kind?: string } & Record<string, unknown>
    switch (at.kind) {
      case 'table':
        if (isReference(at as FromItem, this.#name)) this.#reference(at as FromItem, within)
        return
      case 'query': {
        const { with: own } = at as unknown as Query
        // A WITH of its own may hide the name.
        if (own?.ctes.some((c) => c.name.name === this.#name)) return
        break
      }
      case 'select':
        this.#aggregates(at)
        break
      case 'setOperation':
        this.visit(at['left'], at['op'] === 'UNION' || !at['all'] ? within : (at['op'] as Within))
        this.visit(at['right'], rightOf(at, within))
        return
      case 'join':
        this.visit(at['left'], at['type'] === 'RIGHT' || at['type'] === 'FULL' ? 'an outer join' : within)
        this.visit(at['right'], at['type'] === 'LEFT' || at['type'] === 'FULL' ? 'an outer join' : within)
        this.visit([at['on'], at['matchCondition']], within)
        return
      case 'subquery':
      case 'exists':
      case 'arraySubquery':
      case 'inSubquery':
      case 'quantified':
        this.visit([at['operand'], at['left'], at['array']], within)
        this.visit(at['query'], within ?? 'a subquery')
        return
    }
    for (const value of Object.values(at)) this.visit(value, within)
  }

  #reference(at: FromItem, within: Within): void {
    const refuse = (where: string) =>
      bindError('42P19', `recursive reference to query "${this.#name}" must not appear ${where}`, at)
    if (within !== null) throw refuse(`within ${within}`)
    if (this.#seen) throw refuse('more than once')
    this.#seen = true
  }

  /** An aggregate over the relation itself would be over the rows of one round. */
  #aggregates(select: Record<string, unknown>): void {
    if (!(select['from'] as FromItem[]).some((item) => reads(item, this.#name))) return
    const find = (node: unknown): void => {
      if (node === null || typeof node !== 'object') return
      if (Array.isArray(node)) {
        for (const item of node) find(item)
        return
      }
      const at = node as {
        kind?: string
        name?: { parts: { name: string }[] }
        over?: unknown
        span: { start: number }
      }
      if (at.kind === 'query') return
      if (at.kind === 'call' && !at.over && isAggregate(at.name?.parts.at(-1)?.name ?? '')) {
        throw bindError('42P19', "aggregate functions are not allowed in a recursive query's recursive term", at)
      }
      for (const value of Object.values(node)) find(value)
    }
    find([select['targets'], select['having']])
  }
}

const rightOf = (at: Record<string, unknown>, within: Within): Within => {
  if (at['op'] === 'EXCEPT') return 'EXCEPT'
  return at['op'] === 'INTERSECT' && at['all'] ? 'INTERSECT' : within
}

const isReference = (item: FromItem, name: string): boolean =>
  item.kind === 'table' && item.name.parts.length === 1 && item.name.parts[0].name === name

const reads = (item: FromItem, name: string): boolean =>
  item.kind === 'join' ? reads(item.left, name) || reads(item.right, name) : isReference(item, name)
