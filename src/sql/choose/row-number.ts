import type { WindowCall } from '../../plan/window.ts'
import { INT8 } from '../../types/sql-type.ts'

/** row_number() without a bound, as a call of the window operator: that renumbers only what lies behind a change. */
export const ROW_NUMBER: WindowCall = {
  fn: 'row_number',
  aggregate: null,
  args: [],
  argTypes: [],
  filter: null,
  ignoreNulls: false,
  frame: { mode: 'range', start: { kind: 'first' }, end: { kind: 'offset', by: 0 }, exclude: 'nothing', value: null },
  type: INT8,
}
