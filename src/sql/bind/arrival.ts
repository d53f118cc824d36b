import { ownTime } from '../../catalog/watermark.ts'
import type { Logical } from '../../plan/logical.ts'
import { arrival } from '../../plan/logical-make.ts'
import { visitLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'
import { type Field, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { Statement } from './context.ts'
import type { FromPlan } from './from-plan.ts'
import type { Stage } from './stage.ts'

/**
 * PROCTIME() as a column: the time at which a row came. It stands in the select list, alone or cast, or is the time of a
 * window; what is made of it is made of that column, in the query around. In a comparison PROCTIME() is now().
 */
export const isProctime = (s: Scalar): s is Extract<Scalar, { kind: 'call' }> =>
  s.kind === 'call' && s.fn === 'proctime()'

/** The plan with the time of arrival as last column, and that column. */
export function stamped(plan: Logical, position: number): { readonly plan: Logical; readonly time: Scalar } {
  const made = arrival(plan, position)
  const last = made.rowType.length - 1
  return { plan: made, time: column(last, made.rowType[last].type) }
}

/** A column `p AS PROCTIME()` of a relation. */
export const arrivalField = (name: string): Field => ({ name, type: TIMESTAMPTZ, nullable: false })

/** A relation of the catalog with such columns behind its own: all are the one time at which a row came. */
export function withArrivals(from: FromPlan, names: readonly string[], position: number): FromPlan {
  if (names.length === 0) return from
  const { plan, time } = stamped(from.plan, position)
  const made = names.map((name) => ({ name, expr: time, nullable: false, origin: null }))
  const [table] = from.tables
  const columns = [...table.columns, ...made]
  return { ...from, plan, tables: [{ ...table, columns }], visible: [...from.visible, ...made] }
}

/** An expression of the select list over the stage's columns; PROCTIME() becomes a column of its rows. */
export function resolvedTarget(stage: Stage, s: Scalar, hasRows: boolean): Scalar {
  if (!hasRows || !isProctime(uncast(s))) return stage.resolve(s)
  const { plan, time } = stamped(stage.plan, (uncast(s) as Extract<Scalar, { kind: 'call' }>).position)
  stage.plan = plan
  return recast(s, time)
}

const uncast = (s: Scalar): Scalar => (s.kind === 'cast' ? uncast(s.arg) : s)
const recast = (s: Scalar, time: Scalar): Scalar => (s.kind === 'cast' ? { ...s, arg: recast(s.arg, time) } : time)

/** Whether a scalar over the plan is a column that PROCTIME() made. */
export function isArrival(st: Statement, plan: Logical, s: Scalar): boolean {
  return s.kind === 'column' && columnArrives(st, plan, s.index, st.named)
}

const leftStays: ReadonlySet<string> = new Set(['inner', 'left'])
const rightStays: ReadonlySet<string> = new Set(['inner', 'right'])

function columnArrives(st: Statement, p: Logical, index: number, named: ReadonlyMap<number, Logical>): boolean {
  const width = (of: Logical): number => of.rowType.length
  switch (p.kind) {
    case 'arrival':
      return index === width(p.input) || columnArrives(st, p.input, index, named)
    case 'project': {
      const made = p.exprs[index]
      return made.kind === 'column' && columnArrives(st, p.input, made.index, named)
    }
    case 'filter':
    case 'expire':
    case 'distinct':
    case 'topK':
    case 'atMostOne':
      return columnArrives(st, p.input, index, named)
    case 'rowNumber':
    case 'window':
    case 'flatMap':
      return index < width(p.input) && columnArrives(st, p.input, index, named)
    case 'join':
    case 'asofJoin': {
      // Of the side that may be missing there may be no time.
      const [left, right] = p.kind === 'asofJoin' ? [true, !p.outer] : [leftStays.has(p.type), rightStays.has(p.type)]
      return index < width(p.left)
        ? left && columnArrives(st, p.left, index, named)
        : right && columnArrives(st, p.right, index - width(p.left), named)
    }
    case 'semiJoin':
      return columnArrives(st, p.left, index, named)
    case 'unionAll':
      return p.inputs.every((input) => columnArrives(st, input, index, named))
    case 'let':
      return columnArrives(st, p.body, index, new Map([...named, [p.binding, p.value]]))
    case 'ref': {
      const value = named.get(p.binding)
      return value !== undefined && columnArrives(st, value, index, named)
    }
    default:
      return false
  }
}

/** Windows over the time of arrival put rows that come late into other windows: said where there is an event time. */
export function noteRowtime(st: Statement, plan: Logical, time: Scalar): void {
  if (!isArrival(st, plan, time)) return
  const seen = new Set<Logical>()
  const visit = (from: Logical): void => {
    if (seen.has(from)) return
    seen.add(from)
    visitLogical(from, (p) => {
      const value = p.kind === 'ref' ? st.named.get(p.binding) : undefined
      if (value) visit(value)
      if (p.kind === 'get') note(st, p)
    })
  }
  visit(plan)
}

function note(st: Statement, { object, name, rowType }: Extract<Logical, { kind: 'get' }>): void {
  const watermark = ownTime(st.env.catalog.byId(object))
  if (watermark === null) return
  const message = `a window over PROCTIME() goes by when the rows of "${name}" come, not by their event time`
  if (st.stream.notices.some((notice) => notice.message === message)) return
  const hint = `"${rowType[watermark.column].name}" has a WATERMARK: windows over it are the same whenever rows come.`
  st.stream.notices.push({ severity: 'NOTICE', sqlstate: '00000', message, hint })
}
