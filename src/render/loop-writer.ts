import type { Scalar } from '../plan/scalar.ts'
import { columnKindOf } from '../types/column-kind.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { compileRow, type RowFn } from './closure.ts'
import type { CompileContext } from './compile-context.ts'
import { numberCall } from './fixed-interval.ts'
import { scalarRow } from './function-rows.ts'

/**
 * The text of generated loops. Nothing of a user enters it: only column numbers, slots of the constants array and what
 * `ScalarFunction.inline` gives for names of temporaries.
 */
export interface Term {
  /** JavaScript expression of the value: a number, or a boolean for bool. Not to be used when NULL. */
  readonly value: string
  /** JavaScript expression that is true for NULL; '' when it never is. */
  readonly missing: string
}

/** Types whose columns are (mostly) f64: what generated loops compute. */
export function isNumberType(type: SqlType): boolean {
  return columnKindOf(type) === 'f64'
}

const WIDENING: Readonly<Record<string, readonly string[]>> = {
  int2: ['int2', 'int4', 'int8', 'float8'],
  int4: ['int4', 'int8', 'float8'],
  int8: ['int8', 'float8'],
}

export class LoopWriter {
  /** Values that the text refers to as K[n]. */
  readonly constants: unknown[] = []
  /** Fallbacks that the text calls as F[n](cols, i, frame). */
  readonly closures: RowFn[] = []
  /** Columns read as f64 data; columns of which only the null marks are read. */
  readonly dataColumns = new Set<number>()
  readonly markColumns = new Set<number>()
  /** Statements of the loop's body, in order. */
  private readonly lines: string[] = []
  private temporaries = 0
  private readonly context: CompileContext
  /** False: the batch has no NULLs in the columns read. */
  private readonly nullable: boolean

  constructor(context: CompileContext, nullable: boolean) {
    this.context = context
    this.nullable = nullable
  }

  line(text: string): void {
    this.lines.push(text)
  }
  text(): string {
    return this.lines.join('\n')
  }

  /** Writes the statements that compute an expression of a number type; gives its value. */
  term(scalar: Scalar): Term {
    switch (scalar.kind) {
      case 'column':
        return this.column(scalar.index, scalar.type)
      case 'const':
        return this.constant(scalar.value, scalar.type, scalar)
      case 'param':
        return this.constant(this.context.params[scalar.index], scalar.type, scalar)
      case 'call':
        return this.call(scalar)
      case 'cast':
        if (scalar.type.domain === undefined && WIDENING[scalar.arg.type.kind]?.includes(scalar.type.kind))
          return this.term(scalar.arg)
        return this.fallback(scalar)
      case 'not': {
        const arg = this.term(scalar.arg)
        return { value: `!${arg.value}`, missing: arg.missing }
      }
      case 'and':
      case 'or':
        return this.logic(scalar.args, scalar.kind === 'or')
      case 'isNull':
        return this.isNull(scalar)
      case 'distinctFrom':
        return this.distinctFrom(scalar)
      case 'case':
        return this.choice(scalar.type, (into) => this.arms(scalar.arms, 0, scalar.otherwise, into))
      case 'coalesce':
        return this.choice(scalar.type, (into) => this.firstOf(scalar.args, into))
      case 'inList':
        return this.inList(scalar)
      default:
        return this.fallback(scalar)
    }
  }

  private temporary(): string {
    return `t${this.temporaries++}`
  }
  private slot(value: unknown): string {
    this.constants.push(value)
    return `K[${this.constants.length - 1}]`
  }

  private column(index: number, type: SqlType): Term {
    this.dataColumns.add(index)
    const value = type.kind === 'bool' ? `(d${index}[i] !== 0)` : `d${index}[i]`
    return { value, missing: this.nullable ? this.mark(index) : '' }
  }
  private mark(index: number): string {
    this.markColumns.add(index)
    return `(z${index} !== null && z${index}[i] === 1)`
  }
  private constant(value: Datum, type: SqlType, scalar: Scalar): Term {
    if (value === null) return { value: type.kind === 'bool' ? 'false' : '0', missing: 'true' }
    if (typeof value === 'boolean') return { value: String(value), missing: '' }
    if (typeof value === 'number') return { value: this.slot(value), missing: '' }
    return this.fallback(scalar)
  }

  /** The reference compiler's answer for one sub-expression; a value beyond numbers bails out. */
  private fallback(scalar: Scalar): Term {
    const name = this.temporary()
    this.closures.push(compileRow(scalar, this.context))
    this.line(`const ${name} = F[${this.closures.length - 1}](cols, i, frame)`)
    this.line(`if (typeof ${name} === 'bigint') throw BAIL`)
    return { value: name, missing: `${name} === null` }
  }

  private call(scalar: Extract<Scalar, { kind: 'call' }>): Term {
    const fn = scalarRow(scalar.fn)
    const numbers = numberCall(scalar)
    const plain = fn.inline !== undefined && fn.strict && scalar.args.every((arg) => isNumberType(arg.type))
    if (!plain && numbers === null) return this.fallback(scalar)
    const args = (numbers ?? scalar).args.map((arg) => this.held(this.term(arg)))
    const texts = args.map((arg) => arg.value)
    const value = numbers === null ? fn.inline!(texts) : `${this.slot(numbers.run)}(${texts.join(', ')})`
    const missing = args.map((arg) => arg.missing).filter((text) => text !== '')
    const name = this.temporary()
    if (missing.length === 0) {
      this.line(`const ${name} = ${value}`)
      return { value: name, missing: '' }
    }
    const mark = this.temporary()
    this.line(`const ${mark} = ${missing.join(' || ')}`)
    this.line(`const ${name} = ${mark} ? ${scalar.type.kind === 'bool' ? 'false' : '0'} : ${value}`)
    return { value: name, missing: mark }
  }

  /** The value in a temporary: templates may name their arguments twice. */
  private held(term: Term): Term {
    if (/^[a-zA-Z]\w*$/.test(term.value)) return term
    const name = this.temporary()
    this.line(`const ${name} = ${term.value}`)
    return { value: name, missing: term.missing }
  }

  /** Three-valued AND and OR, lazily: later arguments are only computed while nothing is decided. */
  private logic(args: readonly Scalar[], decisive: boolean): Term {
    const value = this.temporary()
    const mark = this.temporary()
    this.line(`let ${value} = ${!decisive}, ${mark} = false`)
    this.logicFrom(args, 0, decisive, value, mark)
    return { value, missing: mark }
  }
  private logicFrom(args: readonly Scalar[], at: number, decisive: boolean, value: string, mark: string): void {
    if (at === args.length) return
    const arg = this.term(args[at])
    const decided = `${arg.missing === '' ? '' : `!(${arg.missing}) && `}${decisive ? '' : '!'}${arg.value}`
    this.line(`if (${decided}) { ${value} = ${decisive}; ${mark} = false } else {`)
    if (arg.missing !== '') this.line(`if (${arg.missing}) ${mark} = true`)
    this.logicFrom(args, at + 1, decisive, value, mark)
    this.line('}')
  }

  private isNull(scalar: Extract<Scalar, { kind: 'isNull' }>): Term {
    const { arg, negated } = scalar
    let missing: string
    if (arg.kind === 'column') missing = this.nullable ? this.mark(arg.index) : this.noMarks(arg.index)
    else if (isNumberType(arg.type)) missing = this.term(arg).missing || 'false'
    else return this.fallback(scalar)
    return { value: `${negated ? '!' : ''}(${missing})`, missing: '' }
  }
  private noMarks(index: number): string {
    this.markColumns.add(index)
    return 'false'
  }

  private distinctFrom(scalar: Extract<Scalar, { kind: 'distinctFrom' }>): Term {
    if (!isNumberType(scalar.left.type)) return this.fallback(scalar)
    const a = this.held(this.term(scalar.left))
    const b = this.held(this.term(scalar.right))
    const equal = `(${a.value} === ${b.value} || (${a.value} !== ${a.value} && ${b.value} !== ${b.value}))`
    const aNull = a.missing || 'false'
    const bNull = b.missing || 'false'
    const same = `((${aNull}) || (${bNull}) ? (${aNull}) === (${bNull}) : ${equal})`
    return { value: scalar.negated ? same : `!${same}`, missing: '' }
  }

  private inList(scalar: Extract<Scalar, { kind: 'inList' }>): Term {
    const values = scalar.values.filter((value) => value !== null)
    if (!isNumberType(scalar.arg.type) || values.some((value) => typeof value === 'bigint'))
      return this.fallback(scalar)
    const set = this.slot(new Set(values.map((value) => (typeof value === 'number' ? value + 0 : value))))
    const arg = this.held(this.term(scalar.arg))
    const normal = scalar.arg.type.kind === 'bool' ? arg.value : `${arg.value} + 0`
    const name = this.temporary()
    this.line(`const ${name} = ${arg.missing === '' ? '' : `!(${arg.missing}) && `}${set}.has(${normal})`)
    const missing = [arg.missing, scalar.values.includes(null) ? `!${name}` : ''].filter((text) => text !== '')
    return { value: name, missing: missing.join(' || ') }
  }

  /** A value that one of several branches assigns. */
  private choice(type: SqlType, branches: (into: { value: string; mark: string }) => void): Term {
    const value = this.temporary()
    const mark = this.temporary()
    this.line(`let ${value} = ${type.kind === 'bool' ? 'false' : '0'}, ${mark} = true`)
    branches({ value, mark })
    return { value, missing: mark }
  }
  private assign(scalar: Scalar, into: { value: string; mark: string }): void {
    const term = this.term(scalar)
    const set = `${into.value} = ${term.value}; ${into.mark} = false`
    this.line(term.missing === '' ? set : `if (!(${term.missing})) { ${set} }`)
  }
  private arms(
    arms: Extract<Scalar, { kind: 'case' }>['arms'],
    at: number,
    otherwise: Scalar,
    into: { value: string; mark: string },
  ): void {
    if (at === arms.length) {
      this.assign(otherwise, into)
      return
    }
    const when = this.term(arms[at].when)
    this.line(`if (${when.missing === '' ? '' : `!(${when.missing}) && `}${when.value}) {`)
    this.assign(arms[at].then, into)
    this.line('} else {')
    this.arms(arms, at + 1, otherwise, into)
    this.line('}')
  }
  private firstOf(args: readonly Scalar[], into: { value: string; mark: string }): void {
    this.assign(args[0], into)
    if (args.length === 1) return
    this.line(`if (${into.mark}) {`)
    this.firstOf(args.slice(1), into)
    this.line('}')
  }
}
