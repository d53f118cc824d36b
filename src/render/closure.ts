import { unreachable } from '../base/assert.ts'
import { SqlError } from '../base/sql-error.ts'
import type { Kernel } from '../dataflow/contract.ts'
import type { Scalar } from '../plan/scalar.ts'
import { itemsOf } from '../types/array-value.ts'
import type { Column } from '../types/column.ts'
import { columnBuilder } from '../types/column-build.ts'
import { datumAt } from '../types/column-read.ts'
import { equalityFor } from '../types/compare.ts'
import { datumKey } from '../types/datum.ts'
import { checkNull } from '../types/modifiers.ts'
import type { Datum, Value } from '../types/value.ts'
import { type CompileContext, type Frame, makeFrame } from './compile-context.ts'
import { castRow, scalarRow } from './function-rows.ts'

/** Evaluates one expression on row i of the columns; throws SqlError for row errors. */
export type RowFn = (cols: readonly Column[], i: number, frame: Frame) => Datum

/**
 * The reference compiler: closures over values, a row at a time. Slow, plain, complete: generated loops fall back to it
 * and are tested against it. Arms of CASE, AND, OR and COALESCE are evaluated in order and only as far as needed; a
 * call evaluates all its arguments, then looks for NULLs.
 */
export function compileRow(scalar: Scalar, ctx: CompileContext): RowFn {
  switch (scalar.kind) {
    case 'column': {
      const { index, type } = scalar
      return (cols, i) => datumAt(cols[index], i, type)
    }
    case 'const': {
      const { value } = scalar
      return () => value
    }
    case 'param': {
      const value = ctx.params[scalar.index]
      return () => value
    }
    case 'call':
      return compileCall(scalar, ctx)
    case 'cast': {
      const arg = compileRow(scalar.arg, ctx)
      const cast = castRow(scalar.arg.type, scalar.type, scalar.explicit)
      const { position, type } = scalar
      return (cols, i, frame) => {
        const value = arg(cols, i, frame)
        if (value === null) return checkNull(type)
        frame.position = position
        return cast.eval(value, type, frame.env)
      }
    }
    case 'and':
    case 'or':
      return compileLogic(scalar.args, scalar.kind === 'or', ctx)
    case 'not': {
      const arg = compileRow(scalar.arg, ctx)
      return (cols, i, frame) => {
        const value = arg(cols, i, frame)
        return value === null ? null : !value
      }
    }
    case 'isNull': {
      const arg = compileRow(scalar.arg, ctx)
      const { negated } = scalar
      return (cols, i, frame) => (arg(cols, i, frame) === null) !== negated
    }
    case 'distinctFrom': {
      const left = compileRow(scalar.left, ctx)
      const right = compileRow(scalar.right, ctx)
      const { negated } = scalar
      const equal = equalityFor(scalar.left.type)
      return (cols, i, frame) => equal(left(cols, i, frame), right(cols, i, frame)) === negated
    }
    case 'case': {
      const arms = scalar.arms.map((arm) => [compileRow(arm.when, ctx), compileRow(arm.then, ctx)] as const)
      const otherwise = compileRow(scalar.otherwise, ctx)
      return (cols, i, frame) => {
        for (const [when, value] of arms) if (when(cols, i, frame) === true) return value(cols, i, frame)
        return otherwise(cols, i, frame)
      }
    }
    case 'coalesce': {
      const args = scalar.args.map((arg) => compileRow(arg, ctx))
      return (cols, i, frame) => {
        for (const arg of args) {
          const value = arg(cols, i, frame)
          if (value !== null) return value
        }
        return null
      }
    }
    case 'anyAll':
      return compileAnyAll(scalar, ctx)
    case 'inList': {
      const arg = compileRow(scalar.arg, ctx)
      const known = new Set(scalar.values.filter((value) => value !== null).map(datumKey))
      const otherwise = scalar.values.includes(null) ? null : false
      return (cols, i, frame) => {
        const value = arg(cols, i, frame)
        return value === null ? null : known.has(datumKey(value)) ? true : otherwise
      }
    }
    case 'array':
    case 'row': {
      const items = scalar.items.map((item) => compileRow(item, ctx))
      return (cols, i, frame) => items.map((item) => item(cols, i, frame))
    }
    case 'error': {
      const { sqlstate, message, position } = scalar
      return (_cols, _i, frame) => {
        frame.position = position
        throw new SqlError(sqlstate, message)
      }
    }
    default:
      return unreachable(scalar)
  }
}

function compileCall(scalar: Extract<Scalar, { kind: 'call' }>, ctx: CompileContext): RowFn {
  const fn = scalarRow(scalar.fn)
  const args = scalar.args.map((arg) => compileRow(arg, ctx))
  const argTypes = scalar.args.map((arg) => arg.type)
  const { position } = scalar
  const { strict } = fn
  const n = args.length
  return (cols, i, frame) => {
    const values = new Array<Datum>(n)
    let missing = false
    for (let a = 0; a < n; a++) {
      values[a] = args[a](cols, i, frame)
      if (values[a] === null) missing = true
    }
    if (strict && missing) return null
    frame.position = position
    return fn.eval(values, frame.env, argTypes)
  }
}

/** Three-valued AND (decided by false) and OR (decided by true). */
function compileLogic(scalars: readonly Scalar[], decisive: boolean, ctx: CompileContext): RowFn {
  const args = scalars.map((arg) => compileRow(arg, ctx))
  return (cols, i, frame) => {
    let result: Datum = !decisive
    for (const arg of args) {
      const value = arg(cols, i, frame)
      if (value === decisive) return decisive
      if (value === null) result = null
    }
    return result
  }
}

function compileAnyAll(scalar: Extract<Scalar, { kind: 'anyAll' }>, ctx: CompileContext): RowFn {
  const fn = scalarRow(scalar.fn)
  const left = compileRow(scalar.left, ctx)
  const array = compileRow(scalar.array, ctx)
  const argTypes = [scalar.left.type, scalar.array.type.element ?? scalar.left.type]
  const { position } = scalar
  const decisive = !scalar.all
  return (cols, i, frame) => {
    const value = left(cols, i, frame)
    const items = array(cols, i, frame)
    if (items === null) return null
    let result: Datum = !decisive
    frame.position = position
    for (const item of itemsOf(items)) {
      const answer = fn.strict && (value === null || item === null) ? null : fn.eval([value, item], frame.env, argTypes)
      if (answer === decisive) return decisive
      if (answer === null) result = null
    }
    return result
  }
}

/** A kernel over the reference compiler: the column of one expression. */
export function closureKernel(scalar: Scalar, ctx: CompileContext): Kernel {
  const fn = compileRow(scalar, ctx)
  const frame = makeFrame(ctx.env)
  return (cols, n, errors, tick) => {
    frame.at(tick)
    const out = columnBuilder(scalar.type, n)
    for (let i = 0; i < n; i++) {
      if (errors.has(i)) {
        out.appendNull()
        continue
      }
      let value: Value | null = null
      try {
        value = fn(cols, i, frame)
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        errors.add(i, error.sqlstate, frame.told(error), frame.position)
      }
      out.append(value)
    }
    return out.finish()
  }
}
