import type { Kernel } from '../dataflow/contract.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Column } from '../types/column.ts'
import { hasModifiers } from '../types/modifiers.ts'
import type { Numeric } from '../types/value.ts'

/** Mantissas of n rows at one scale; until the end, what stands at a NULL means nothing. */
interface Mantissas {
  readonly data: Float64Array
  readonly scale: number
  readonly nulls: Uint8Array | null
}

/** null: some value of the batch is not for plain loops. */
type Part = (cols: readonly Column[], n: number) => Mantissas | null

const SAFE = Number.MAX_SAFE_INTEGER
/** 10^15 is the last that a mantissa of one digit can be raised by within 2^53. */
const RAISE_MAX = 15
const SCALE_MAX = 1000

const OPERATIONS: Readonly<Record<string, (a: Mantissas, b: Mantissas, n: number) => Mantissas | null>> = {
  'numeric_mul(numeric,numeric)': times,
  'numeric_add(numeric,numeric)': (a, b, n) => plus(a, b, 1, n),
  'numeric_sub(numeric,numeric)': (a, b, n) => plus(a, b, -1, n),
}

/**
 * Sums, differences and products of numeric columns, integers and constants: whole columns of mantissas, one typed loop
 * an operation. A batch in which a value leaves 2^53, is no number, or has a scale of its own is given to `reference`.
 * null: the expression is of another kind.
 */
export function numericKernel(scalar: Scalar, reference: Kernel): Kernel | null {
  if (scalar.kind !== 'call') return null
  const part = partOf(scalar)
  if (part === null) return null
  return (cols, n, errors, tick) => {
    const found = part(cols, n)
    if (found === null) return reference(cols, n, errors, tick)
    const { data, scale, nulls } = found
    // A column holds 0 at a NULL.
    if (nulls !== null) for (let i = 0; i < n; i++) if (nulls[i] === 1) data[i] = 0
    return { kind: 'num', data, scale, scales: null, big: null, nulls }
  }
}

function partOf(scalar: Scalar): Part | null {
  switch (scalar.kind) {
    case 'column':
      return scalar.type.kind === 'numeric' ? numericColumn(scalar.index) : null
    case 'const':
      return scalar.type.kind === 'numeric' && scalar.value !== null ? constant(scalar.value as Numeric) : null
    case 'cast': {
      const { arg, type } = scalar
      const integer = arg.kind === 'column' && /^int[248]$/.test(arg.type.kind)
      return integer && type.kind === 'numeric' && !hasModifiers(type) ? integerColumn(arg.index) : null
    }
    case 'call': {
      const operation = OPERATIONS[scalar.fn]
      if (operation === undefined) return null
      const left = partOf(scalar.args[0])
      const right = partOf(scalar.args[1])
      if (left === null || right === null) return null
      return (cols, n) => {
        const a = left(cols, n)
        const b = a === null ? null : right(cols, n)
        return a === null || b === null ? null : operation(a, b, n)
      }
    }
    default:
      return null
  }
}

function numericColumn(index: number): Part {
  return (cols) => {
    const column = cols[index]
    return column.kind === 'num' && column.scale >= 0 && column.big === null ? column : null
  }
}

function integerColumn(index: number): Part {
  return (cols) => {
    const column = cols[index]
    return column.kind === 'f64' ? { data: column.data, scale: 0, nulls: column.nulls } : null
  }
}

function constant({ mantissa, scale }: Numeric): Part | null {
  if (!Number.isSafeInteger(mantissa)) return null
  let data = new Float64Array(0)
  return (_cols, n) => {
    if (data.length < n) data = new Float64Array(n).fill(mantissa as number)
    return { data, scale, nulls: null }
  }
}

function times(a: Mantissas, b: Mantissas, n: number): Mantissas | null {
  const scale = a.scale + b.scale
  if (scale > SCALE_MAX) return null
  const data = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const product = a.data[i] * b.data[i]
    if (product > SAFE || product < -SAFE) return null
    // 0 × -1 is no negative zero.
    data[i] = product + 0
  }
  return { data, scale, nulls: eitherNull(a.nulls, b.nulls, n) }
}

function plus(a: Mantissas, b: Mantissas, sign: 1 | -1, n: number): Mantissas | null {
  const scale = Math.max(a.scale, b.scale)
  if (scale - Math.min(a.scale, b.scale) > RAISE_MAX) return null
  const raiseA = 10 ** (scale - a.scale)
  const raiseB = 10 ** (scale - b.scale)
  const data = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const x = a.data[i] * raiseA
    const y = b.data[i] * raiseB
    const sum = x + sign * y
    if (!(x <= SAFE && x >= -SAFE && y <= SAFE && y >= -SAFE && sum <= SAFE && sum >= -SAFE)) return null
    data[i] = sum + 0
  }
  return { data, scale, nulls: eitherNull(a.nulls, b.nulls, n) }
}

function eitherNull(a: Uint8Array | null, b: Uint8Array | null, n: number): Uint8Array | null {
  if (a === null || b === null) return a ?? b
  const nulls = new Uint8Array(n)
  for (let i = 0; i < n; i++) nulls[i] = a[i] | b[i]
  return nulls
}
