import type { Call } from '../../../grammar/ast.ts'
import type { Ident, WithOption } from '../../../grammar/ast-base.ts'
import type { CreateTable } from '../../../grammar/ast-ddl.ts'
import type { ColumnDef } from '../../../grammar/ast-table.ts'
import { resolveType } from '../type-name.ts'
import { namedOptions, optionText } from './option-value.ts'

const ROWTIME = 'rowtime'

/**
 * ksqlDB's `TIMESTAMP='t'` of a BIGINT: milliseconds since 1970. The time that windows are made of is a computed column, under
 * the name that ksqlDB has for it.
 */
export function withRowTime(
  elements: CreateTable['elements'],
  options: readonly WithOption[],
): { elements: CreateTable['elements']; options: WithOption[] } {
  const as = { elements, options: [...options] }
  const option = namedOptions(as.options).find((o) => o.name === 'timestamp')
  if (option === undefined) return as
  const name = optionText(option).toLowerCase()
  const column = elements.find((e): e is ColumnDef => e.kind === 'column' && e.name.name.toLowerCase() === name)
  if (column?.type === undefined || resolveType(column.type).kind !== 'int8') return as
  const { span } = option
  const ident = (text: string): Ident => ({ kind: 'ident', name: text, quoted: true, span })
  const time: Call = {
    kind: 'call',
    name: { kind: 'name', parts: [ident('to_timestamp_ltz')], span },
    args: [
      { kind: 'arg', value: { kind: 'column', parts: [column.name], span }, span },
      { kind: 'arg', value: { kind: 'number', text: '3', integer: true, span }, span },
    ],
    star: false,
    distinct: false,
    orderBy: [],
    withinGroup: false,
    span,
  }
  const rowtime: ColumnDef = {
    kind: 'column',
    name: ident(ROWTIME),
    constraints: [{ kind: 'generated', expr: time, spelling: 'as', timing: {}, span }],
    options: [],
    span,
  }
  const value = { kind: 'optionString' as const, value: ROWTIME, span }
  return { elements: [...elements, rowtime], options: as.options.map((o) => (o === option ? { ...option, value } : o)) }
}
