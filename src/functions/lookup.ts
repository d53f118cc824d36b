import { assert } from '../base/assert.ts'
import { AGGREGATES } from './aggregates.ts'
import type { AggregateFunction, ScalarFunction } from './function.ts'
import { sqlJsonFunction } from './json/sql-json.ts'
import { jsonTableFunction } from './json/table.ts'
import { JSON_TABLES } from './json-tables.ts'
import { otherNames } from './other-names.ts'
import { type Proc, procFunctions, procTable } from './proc-table.ts'
import { rowsFrom } from './rows-from.ts'
import { arithmeticFunctions } from './scalar/arithmetic.ts'
import { arrayFunctions } from './scalar/array.ts'
import { arrayAssignFunctions } from './scalar/array-assign.ts'
import { arrayShapeFunctions } from './scalar/array-shape.ts'
import { bitFunctions } from './scalar/bits.ts'
import { byteFunctions } from './scalar/bytes.ts'
import { bytesLikeFunctions } from './scalar/bytes-like.ts'
import { catalogFunctions } from './scalar/catalog.ts'
import { comparisonFunctions } from './scalar/comparison.ts'
import { dateMakeFunctions } from './scalar/date-make.ts'
import { datePartFunctions } from './scalar/date-parts.ts'
import { datetimeFunctions } from './scalar/datetime-ops.ts'
import { degreeFunctions } from './scalar/degrees.ts'
import { encodingFunctions } from './scalar/encoding.ts'
import { enumFunctions } from './scalar/enum.ts'
import { everydayFunctions } from './scalar/everyday.ts'
import { flinkFunctions } from './scalar/flink.ts'
import { intervalToCharFunctions } from './scalar/interval-to-char.ts'
import { jsonFunctions } from './scalar/json.ts'
import { jsonBuildFunctions } from './scalar/json-build.ts'
import { jsonChangeFunctions } from './scalar/json-change.ts'
import { jsonCollectedFunctions } from './scalar/json-collected.ts'
import { jsonMoreFunctions } from './scalar/json-more.ts'
import { jsonTestFunctions } from './scalar/json-tests.ts'
import { jsonPathFunctions } from './scalar/jsonpath.ts'
import { likeFunctions } from './scalar/like.ts'
import { mathFunctions } from './scalar/math.ts'
import { overlapsFunctions } from './scalar/overlaps.ts'
import { parseIdentFunctions } from './scalar/parse-ident.ts'
import { patternOrderFunctions } from './scalar/pattern-order.ts'
import { rangeFunctions } from './scalar/range.ts'
import { rangeOperators } from './scalar/range-operators.ts'
import { recordFunctions } from './scalar/record.ts'
import { regexFunctions } from './scalar/regex.ts'
import { regexMoreFunctions } from './scalar/regex-more.ts'
import { sequenceFunctions } from './scalar/sequence.ts'
import { similarFunctions } from './scalar/similar.ts'
import { sizeFunctions } from './scalar/sizes.ts'
import { systemFunctions } from './scalar/system.ts'
import { textFunctions } from './scalar/text.ts'
import { textFormatFunctions } from './scalar/text-format.ts'
import { toCharFunctions } from './scalar/to-char.ts'
import { toCharNumberFunctions } from './scalar/to-char-number.ts'
import { toDateFunctions } from './scalar/to-date.ts'
import { toNumberFunctions } from './scalar/to-number.ts'
import { windowBoundFunctions } from './scalar/window-bounds.ts'
import type { TableFunction } from './table-function.ts'
import { TABLE_FUNCTIONS as PLAIN_TABLES } from './table-functions.ts'
import { WINDOW_TABLES } from './window-tables.ts'

const TABLE_FUNCTIONS: readonly TableFunction[] = [...PLAIN_TABLES, ...JSON_TABLES, ...WINDOW_TABLES]

/** The whole function table, found by id (plans), name and operator (binder). */
export const SCALARS: readonly ScalarFunction[] = [
  ...comparisonFunctions,
  ...arithmeticFunctions,
  ...mathFunctions,
  ...textFunctions,
  ...textFormatFunctions,
  ...likeFunctions,
  ...recordFunctions,
  ...regexFunctions,
  ...datetimeFunctions,
  ...arrayFunctions,
  ...arrayShapeFunctions,
  ...arrayAssignFunctions,
  ...jsonFunctions,
  ...jsonBuildFunctions,
  ...jsonChangeFunctions,
  ...jsonCollectedFunctions,
  ...jsonPathFunctions,
  ...jsonTestFunctions,
  ...datePartFunctions,
  ...dateMakeFunctions,
  ...toCharFunctions,
  ...toCharNumberFunctions,
  ...toDateFunctions,
  ...windowBoundFunctions,
  ...byteFunctions,
  ...bytesLikeFunctions,
  ...parseIdentFunctions,
  ...patternOrderFunctions,
  ...bitFunctions,
  ...rangeFunctions,
  ...rangeOperators,
  ...degreeFunctions,
  ...enumFunctions,
  ...encodingFunctions,
  ...everydayFunctions,
  ...flinkFunctions,
  ...intervalToCharFunctions,
  ...jsonMoreFunctions,
  ...overlapsFunctions,
  ...regexMoreFunctions,
  ...similarFunctions,
  ...sizeFunctions,
  ...toNumberFunctions,
  ...systemFunctions,
  ...sequenceFunctions,
  ...catalogFunctions,
  ...procFunctions(() => procs()),
  ...otherNames([...mathFunctions, ...textFunctions, ...systemFunctions]),
]

let allProcs: readonly Proc[] | null = null
/** Everything that can be called, as pg_proc lists it. */
export function procs(): readonly Proc[] {
  allProcs ??= procTable({ scalars: SCALARS, aggregates: AGGREGATES, tables: TABLE_FUNCTIONS })
  return allProcs
}

function index<T>(rows: readonly T[], keyOf: (row: T) => string | undefined): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key === undefined) continue
    const list = map.get(key)
    if (list === undefined) map.set(key, [row])
    else list.push(row)
  }
  return map
}

function unique<T extends { readonly id: string }>(rows: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>()
  for (const row of rows) {
    assert(!map.has(row.id), `function ids are unique: ${row.id}`)
    map.set(row.id, row)
  }
  return map
}

const scalarIds = unique(SCALARS)
const scalarNames = index(SCALARS, (fn) => fn.name)
const operatorNames = index(SCALARS, (fn) => fn.operator)
const aggregateIds = unique(AGGREGATES)
const aggregateNames = index(AGGREGATES, (fn) => fn.name)
const tableIds = unique(TABLE_FUNCTIONS)
const tableNames = index(TABLE_FUNCTIONS, (fn) => fn.name)

export function scalarById(id: string): ScalarFunction | undefined {
  return scalarIds.get(id) ?? sqlJsonFunction(id)
}
export function scalarsByName(name: string): readonly ScalarFunction[] {
  return scalarNames.get(name) ?? []
}
/** Both prefix (one argument) and infix (two) forms. */
export function operatorsByName(op: string): readonly ScalarFunction[] {
  return operatorNames.get(op === '!=' ? '<>' : op) ?? []
}
export function aggregateById(id: string): AggregateFunction | undefined {
  return aggregateIds.get(id)
}
export function aggregatesByName(name: string): readonly AggregateFunction[] {
  return aggregateNames.get(name) ?? []
}
export function tableFunctionById(id: string): TableFunction | undefined {
  return tableIds.get(id) ?? jsonTableFunction(id) ?? rowsFrom(id, tableFunctionById)
}
export function tableFunctionsByName(name: string): readonly TableFunction[] {
  return tableNames.get(name) ?? []
}
