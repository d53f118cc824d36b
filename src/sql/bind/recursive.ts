import type { Cte, Query, QueryBody } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'
import { distinct, project } from '../../plan/logical-make.ts'
import { logicalInputs } from '../../plan/logical-walk.ts'
import { column } from '../../plan/scalar-walk.ts'
import { withoutModifiers } from '../../types/modifiers.ts'
import { formatType } from '../../types/pg-type.ts'
import { type SqlType, sameType } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'
import { canCoerce, coerce } from './coerce.ts'
import type { CteScope, NamedQuery, Statement } from './context.ts'
import { renamed } from './cte-names.ts'
import { handled } from './handled.ts'
import { byRounds } from './recursion-rounds.ts'
import { checkRecursiveTerm } from './recursion-rules.ts'
import type { Scope } from './scope.ts'
import { marksOf } from './search-cycle.ts'

/** Whether a name occurs anywhere in FROM of the query: cheap and a little too careful where an inner WITH hides it. */
export function readsItself(query: unknown, name: string): boolean {
  if (query === null || typeof query !== 'object') return false
  if (Array.isArray(query)) return query.some((q) => readsItself(q, name))
  const node = query as { kind?: string; name?: { parts?: readonly { name: string }[] } }
  if (node.kind === 'table' && node.name?.parts?.length === 1 && node.name.parts[0].name === name) return true
  return Object.values(query).some((v) => readsItself(v, name))
}

/**
 * WITH RECURSIVE t AS (start UNION [ALL] step). PostgreSQL feeds each round's new rows to the next. Where the step treats
 * the rows of t one by one, the fixpoint of `start + step(t)` has the same rows with the same counts; other steps are
 * evaluated by rounds. Either can be maintained.
 */
export function bindRecursive(
  st: Statement,
  cte: Cte,
  query: Query,
  parent: Scope | null,
  ctes: CteScope | null,
): { named: NamedQuery; close: (plan: Logical) => Logical } {
  const { body } = query
  const name = cte.name.name
  if (body.kind !== 'setOperation' || body.op !== 'UNION') throw notOfForm(name, cte)
  checkRecursiveTerm(name, query, body)
  handled(query, ['body', 'with'])
  if (body.corresponding) throw notSupported('CORRESPONDING', body.span)
  handled(body, ['op', 'all', 'left', 'right'])
  if (query.with) throw notSupported('WITH in a recursive query', query.with.span)
  const { plan: first, places } = st.bind.queryColumns(st, asQuery(body.left), parent, ctes)
  const own = renamed(cte, first.rowType).map((f) => ({ ...f, nullable: true }))
  const marks = marksOf(st, cte, own)
  const start = marks === null ? first : marks.start(first)
  const rowType = marks === null ? own : [...own, ...marks.fields]
  const named: NamedQuery = {
    name,
    binding: st.newBinding(),
    rowType,
    origins: rowType.map(() => null),
    uses: 0,
  }
  const itself = marks === null ? named : { ...named, hidden: marks.fields.length }
  const right = asQuery(marks === null ? body.right : marks.reading(body.right))
  const read = st.bind.queryColumns(st, right, parent, { parent: ctes, queries: [itself] }).plan
  const marked = marks?.step(read)
  const step = marked?.plan ?? read
  if (step.rowType.length !== rowType.length) {
    throw bindError('42601', 'each UNION query must have the same number of columns', body.right)
  }
  const exprs = step.rowType.map((f, i) => {
    if (marked !== undefined && i >= own.length) return marked.exprs[i - own.length]!
    const wanted = rowType[i].type
    const overall = overallType(wanted, f.type)
    if (sameType(overall, wanted)) return coerce(st, column(i, f.type), wanted, 'implicit', body.right)
    throw bindError(
      '42804',
      `recursive query "${name}" column ${i + 1} has type ${formatType(wanted)} in non-recursive term but type ${formatType(overall)} overall`,
      places[i] ?? body.left,
      { hint: 'Cast the output of the non-recursive term to the correct type.' },
    )
  })
  const names = rowType.map((f) => f.name)
  if (countReads(step, named.binding) > 1 || !linear(step, named.binding)) {
    const close = byRounds(
      st,
      named.binding,
      { ...start, rowType },
      { plan: step, exprs },
      rowType,
      body.all,
      body.right,
    )
    return { named, close }
  }
  const inputs = [{ ...start, rowType }, project(step, exprs, names)]
  const all: Logical = { kind: 'unionAll', inputs, rowType }
  const value = body.all ? all : distinct(all)
  return {
    named,
    close: (plan) => ({
      kind: 'letRec',
      bindings: [{ binding: named.binding, value }],
      body: plan,
      limit: null,
      grows: true,
      rowType: plan.rowType,
    }),
  }
}

/** The type of both terms together: lengths and the like are kept only where they are equal. */
function overallType(start: SqlType, step: SqlType): SqlType {
  if (sameType(start, step)) return start
  if (start.kind === step.kind || canCoerce(step, start, 'implicit')) return withoutModifiers(start)
  return step
}

const notOfForm = (name: string, cte: Cte) =>
  bindError(
    '42P19',
    `recursive query "${name}" does not have the form non-recursive-term UNION [ALL] recursive-term`,
    cte.name,
  )

function asQuery(body: QueryBody): Query {
  if (body.kind === 'query') return body
  return { kind: 'query', span: body.span, body, orderBy: [], locking: [], options: [] }
}

function countReads(p: Logical, binding: number): number {
  if (p.kind === 'ref') return p.binding === binding ? 1 : 0
  return logicalInputs(p).reduce((n, input) => n + countReads(input, binding), 0)
}

/** Each row of the recursive relation gives its rows independently of the others. */
function linear(p: Logical, binding: number): boolean {
  if (countReads(p, binding) === 0) return true
  switch (p.kind) {
    case 'ref':
      return true
    case 'project':
    case 'filter':
    case 'flatMap':
      return linear(p.input, binding)
    case 'join':
      if (p.type === 'full') return false
      if (p.type === 'left' && countReads(p.right, binding) > 0) return false
      if (p.type === 'right' && countReads(p.left, binding) > 0) return false
      return linear(p.left, binding) && linear(p.right, binding)
    case 'semiJoin':
      return countReads(p.right, binding) === 0 && linear(p.left, binding)
    case 'unionAll':
      return p.inputs.every((i) => linear(i, binding))
    case 'let':
      return countReads(p.value, binding) === 0 && linear(p.body, binding)
    default:
      return false
  }
}
