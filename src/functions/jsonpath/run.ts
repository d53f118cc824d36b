import { unreachable } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import {
  isPredicate,
  type JsonPath,
  LEVEL_LAST,
  type PathExpr,
  type PathHead,
  type PathPredicate,
  type PathStep,
} from '../../types/jsonpath/tree.ts'
import { numericNegate, numericToInteger, numericTrunc } from '../../types/numeric-arith.ts'
import { isArray } from '../json/steps.ts'
import type { Outcome, RunOptions, Sink } from './contract.ts'
import { arithmetic, type Item, isContainer, numberItem, numberOf, type Truth, truth } from './items.ts'
import { type Base, keyValues, methodOf } from './methods.ts'
import { holds, type Operands } from './predicate.ts'
import { checkVariables, variableOf } from './variables.ts'

/**
 * A jsonpath run over a value: PostgreSQL's semantics step by step, since what it finds before an error, and which errors it meets at
 * all, can be seen. Cost: the values that the path visits.
 */

/** What is left to do with each item. */
interface Rest {
  readonly steps: readonly PathStep[]
  readonly at: number
}

const DONE: Rest = { steps: [], at: 0 }

/** Finds into the sink; with 'error' after what was found before it. */
export function runPath(path: JsonPath, options: RunOptions, found: Sink): Outcome {
  checkVariables(options)
  const run = new Run(path.lax, options)
  if (path.lax || found !== null) return run.start(path.expr, found)
  // Strictly there is an answer only when the whole path has no error.
  const all: Item[] = []
  const outcome = run.start(path.expr, all)
  return outcome === 'error' ? outcome : all.length === 0 ? 'none' : 'ok'
}

class Run implements Operands {
  readonly lax: boolean
  readonly options: RunOptions
  private throwing: boolean
  private lenient: boolean
  private current: Item
  private arraySize = -1
  private base: Base
  private nextId: number

  constructor(lax: boolean, options: RunOptions) {
    this.lax = lax
    this.lenient = lax
    this.options = options
    this.throwing = !options.silent
    this.current = options.root
    this.base = { id: 0, root: options.root }
    this.nextId = options.variables === null ? 1 : 2
  }

  start(expr: PathExpr, found: Sink): Outcome {
    return this.expr(expr, DONE, this.options.root, found)
  }

  private fail(sqlstate: string, message: string, hint?: string): Outcome {
    if (this.throwing) throw new SqlError(sqlstate, message, { hint })
    return 'error'
  }

  /** An error of the structure: none where structure is taken lightly. */
  private structural(sqlstate: string, message: string): Outcome {
    return this.lenient ? 'none' : this.fail(sqlstate, message)
  }

  private withBase(base: Base, work: () => Outcome): Outcome {
    const before = this.base
    this.base = base
    const outcome = work()
    this.base = before
    return outcome
  }

  private expr(expr: PathExpr, rest: Rest, item: Item, found: Sink): Outcome {
    if (isPredicate(expr)) return this.truthFound(this.predicate(expr, item), rest, found)
    switch (expr.kind) {
      case 'path':
        return this.head(expr.head, { steps: expr.steps, at: 0 }, rest, item, found)
      case 'arith':
        return this.arith(expr, rest, item, found)
      default:
        return this.sign(expr, rest, item, found)
    }
  }

  /** `outer`: what follows the path as a whole, behind its own steps. */
  private head(head: PathHead, own: Rest, outer: Rest, item: Item, found: Sink): Outcome {
    const rest: Rest =
      outer.at < outer.steps.length ? { steps: [...own.steps, ...outer.steps.slice(outer.at)], at: 0 } : own
    switch (head.kind) {
      case 'root':
        return this.withBase({ id: 0, root: this.options.root }, () => this.next(rest, this.options.root, found))
      case 'current':
        return this.next(rest, this.current, found)
      case 'variable': {
        const value = variableOf(this.options, head.name)
        return this.withBase({ id: 1, root: this.options.variables }, () => this.next(rest, value, found))
      }
      case 'group':
        return this.expr(head.expr, rest, item, found)
      default:
        if (rest.steps.length === 0 && found === null) return 'ok'
        return this.next(rest, this.literal(head), found)
    }
  }

  private literal(head: Exclude<PathHead, { kind: 'root' | 'current' | 'variable' | 'group' }>): Item {
    if (head.kind === 'last') return new JsonNumber(String(this.arraySize - 1))
    if (head.kind === 'number') return new JsonNumber(head.text)
    return head.kind === 'bool' || head.kind === 'string' ? head.value : null
  }

  private next(rest: Rest, item: Item, found: Sink): Outcome {
    if (rest.at < rest.steps.length) return this.step(rest, item, found, this.lax)
    found?.push(item)
    return 'ok'
  }

  private after = (rest: Rest): Rest => ({ steps: rest.steps, at: rest.at + 1 })

  /** `unwrap`: an array stands for its items where the step is none for arrays. */
  private step(rest: Rest, item: Item, found: Sink, unwrap: boolean): Outcome {
    const step = rest.steps[rest.at]
    const after = this.after(rest)
    const array = isArray(item as JsonNode)
    switch (step.kind) {
      case 'key':
        if (item instanceof JsonObject) {
          const value = item.get(step.name)
          if (value !== undefined) return this.next(after, value, found)
          return this.structural('2203A', `JSON object does not contain key "${step.name}"`)
        }
        if (unwrap && array) return this.each(item, rest, found, 1, 1, 1, false, false)
        return this.structural('2203A', 'jsonpath member accessor can only be applied to an object')
      case 'anyKey':
        if (item instanceof JsonObject) return this.each(item, after, found, 1, 1, 1, false, this.lax)
        if (unwrap && array) return this.each(item, rest, found, 1, 1, 1, false, false)
        return this.structural('2203C', 'jsonpath wildcard member accessor can only be applied to an object')
      case 'anyArray':
        if (array) return this.each(item, after, found, 1, 1, 1, false, this.lax)
        if (this.lax) return this.next(after, item, found)
        return this.structural('22039', 'jsonpath wildcard array accessor can only be applied to an array')
      case 'index':
        if (array || this.lax) return this.index(step.items, after, item, found)
        return this.structural('22039', 'jsonpath array accessor can only be applied to an array')
      case 'any':
        return this.any(step, after, item, found)
      case 'filter': {
        if (unwrap && array) return this.each(item, rest, found, 1, 1, 1, false, false)
        const before = this.current
        this.current = item
        const holds = this.predicate(step.predicate as PathPredicate, item)
        this.current = before
        return holds === 'true' ? this.next(after, item, found) : 'none'
      }
      case 'method':
        if (step.name === 'type' || step.name === 'size') return this.sized(step.name, after, item, found)
        if (unwrap && array) return this.each(item, rest, found, 1, 1, 1, false, false)
        if (step.name === 'keyvalue') return this.keyValue(after, item, found)
        return this.method(step, after, item, found)
      case 'datetime':
        if (unwrap && array) return this.each(item, rest, found, 1, 1, 1, false, false)
        return this.method(step, after, item, found)
      default:
        return unreachable(step)
    }
  }

  /** Members or items, down to the level `last`, those from `first` on. Without steps left they are found themselves. */
  private each(
    item: Item,
    rest: Rest,
    found: Sink,
    level: number,
    first: number,
    last: number,
    lenient: boolean,
    unwrap: boolean,
  ): Outcome {
    let outcome: Outcome = 'none'
    if (level > last || !isContainer(item)) return outcome
    const values = item instanceof JsonObject ? item.entries.map(([, value]) => value) : item
    for (const value of values) {
      const deep = isContainer(value)
      if (level >= first || (first === LEVEL_LAST && last === LEVEL_LAST && !deep)) {
        if (rest.at < rest.steps.length) {
          const before = this.lenient
          if (lenient) this.lenient = true
          outcome = this.step(rest, value, found, unwrap)
          this.lenient = before
          if (outcome === 'error' || (outcome === 'ok' && found === null)) break
        } else if (found === null) return 'ok'
        else {
          found.push(value)
          outcome = 'ok'
        }
      }
      if (level < last && deep) {
        outcome = this.each(value, rest, found, level + 1, first, last, lenient, unwrap)
        if (outcome === 'error' || (outcome === 'ok' && found === null)) break
      }
    }
    return outcome
  }

  private any(step: Extract<PathStep, { kind: 'any' }>, after: Rest, item: Item, found: Sink): Outcome {
    let outcome: Outcome = 'none'
    if (step.first === 0) {
      const before = this.lenient
      this.lenient = true
      outcome = this.next(after, item, found)
      this.lenient = before
      if (outcome === 'ok' && found === null) return outcome
    }
    if (!isContainer(item)) return outcome
    return this.each(item, after, found, 1, step.first, step.last, true, this.lax)
  }

  private index(items: Extract<PathStep, { kind: 'index' }>['items'], after: Rest, item: Item, found: Sink): Outcome {
    const values: readonly Item[] = isArray(item as JsonNode) ? (item as readonly JsonNode[]) : [item]
    const outer = this.arraySize
    this.arraySize = values.length
    const outcome = this.ranges(items, after, item, values, found)
    this.arraySize = outer
    return outcome
  }

  private ranges(
    items: Extract<PathStep, { kind: 'index' }>['items'],
    after: Rest,
    item: Item,
    values: readonly Item[],
    found: Sink,
  ): Outcome {
    let outcome: Outcome = 'none'
    for (const each of items) {
      const from = this.subscript(each.from, item)
      if (from === null) return 'error'
      const to = each.to === null ? from : this.subscript(each.to, item)
      if (to === null) return 'error'
      if (!this.lenient && (from < 0 || from > to || to >= values.length)) {
        return this.fail('22033', 'jsonpath array subscript is out of bounds')
      }
      outcome = 'none'
      for (let i = Math.max(from, 0); i <= Math.min(to, values.length - 1); i++) {
        if (after.at === after.steps.length && found === null) return 'ok'
        outcome = this.next(after, values[i], found)
        if (outcome === 'error' || (outcome === 'ok' && found === null)) return outcome
      }
    }
    return outcome
  }

  /** Null: an error. */
  private subscript(expr: PathExpr, item: Item): number | null {
    const found: Item[] = []
    if (this.expr(expr, DONE, item, found) === 'error') return null
    const [only] = found
    if (found.length !== 1 || !(only instanceof JsonNumber)) {
      this.fail('22033', 'jsonpath array subscript is not a single numeric value')
      return null
    }
    const whole = numericToInteger(numericTrunc(numberOf(only), 0))
    if (typeof whole !== 'number' || whole < -2147483648 || whole > 2147483647) {
      this.fail('22033', 'jsonpath array subscript is out of integer range')
      return null
    }
    return whole
  }

  private sized(name: 'type' | 'size', after: Rest, item: Item, found: Sink): Outcome {
    if (name === 'size' && !isArray(item as JsonNode) && !this.lax) {
      return this.structural('22039', 'jsonpath item method .size() can only be applied to an array')
    }
    return this.next(after, methodOf(name, item), found)
  }

  private method(step: Parameters<typeof methodOf>[0], after: Rest, item: Item, found: Sink): Outcome {
    let value: Item
    try {
      value = methodOf(step, item)
    } catch (error) {
      if (!(error instanceof SqlError) || this.throwing || error.sqlstate === '0A000') throw error
      return 'error'
    }
    return this.next(after, value, found)
  }

  private keyValue(after: Rest, item: Item, found: Sink): Outcome {
    if (!(item instanceof JsonObject)) {
      return this.fail('2203C', 'jsonpath item method .keyvalue() can only be applied to an object')
    }
    let outcome: Outcome = 'none'
    for (const object of keyValues(item, this.base)) {
      outcome = 'ok'
      if (after.at === after.steps.length && found === null) break
      outcome = this.withBase({ id: this.nextId++, root: object }, () => this.next(after, object, found))
      if (outcome === 'error' || (outcome === 'ok' && found === null)) break
    }
    return outcome
  }

  /** The items of an operand, arrays unwrapped where that is lax. Null: an error. */
  private operand(expr: PathExpr, item: Item, unwrap = true): Item[] | null {
    const found: Item[] = []
    if (this.expr(expr, DONE, item, found) === 'error') return null
    if (!unwrap || !this.lax) return found
    return found.flatMap((each): readonly Item[] =>
      isArray(each as JsonNode) ? (each as readonly JsonNode[]) : [each],
    )
  }

  private arith(expr: Extract<PathExpr, { kind: 'arith' }>, rest: Rest, item: Item, found: Sink): Outcome {
    const left = this.operand(expr.left, item)
    if (left === null) return 'error'
    const right = this.operand(expr.right, item)
    if (right === null) return 'error'
    const single = (side: 'left' | 'right'): Outcome =>
      this.fail('22038', `${side} operand of jsonpath operator ${expr.op} is not a single numeric value`)
    const [a] = left
    if (left.length !== 1 || !(a instanceof JsonNumber)) return single('left')
    const [b] = right
    if (right.length !== 1 || !(b instanceof JsonNumber)) return single('right')
    let value: Item
    try {
      value = numberItem(arithmetic(expr.op, numberOf(a), numberOf(b)))
    } catch (error) {
      if (!(error instanceof SqlError) || this.throwing) throw error
      return 'error'
    }
    return rest.at === rest.steps.length && found === null ? 'ok' : this.next(rest, value, found)
  }

  private sign(expr: Extract<PathExpr, { kind: 'sign' }>, rest: Rest, item: Item, found: Sink): Outcome {
    const items = this.operand(expr.arg, item)
    if (items === null) return 'error'
    const asked = found === null && rest.at === rest.steps.length
    let outcome: Outcome = 'none'
    for (const each of items) {
      const number = each instanceof JsonNumber
      if (asked && number) return 'ok'
      if (asked) continue
      if (!number) return this.fail('2203B', `operand of unary jsonpath operator ${expr.op} is not a numeric value`)
      const value = expr.op === '-' ? numberItem(numericNegate(numberOf(each))) : each
      const one = this.next(rest, value, found)
      if (one === 'error' || (one === 'ok' && found === null)) return one
      if (one === 'ok') outcome = 'ok'
    }
    return outcome
  }

  private truthFound(value: Truth, rest: Rest, found: Sink): Outcome {
    if (rest.at === rest.steps.length && found === null) return 'ok'
    return this.next(rest, value === 'unknown' ? null : value === 'true', found)
  }

  private predicate(expr: PathPredicate, item: Item): Truth {
    return holds(this, expr, item)
  }

  private quietly<T>(work: () => T): T {
    const before = this.throwing
    this.throwing = false
    try {
      return work()
    } finally {
      this.throwing = before
    }
  }

  values(expr: PathExpr, item: Item, unwrap: boolean): Item[] | null {
    return this.quietly(() => this.operand(expr, item, unwrap))
  }

  exists(arg: PathExpr, item: Item): Truth {
    const found: Sink = this.lax ? null : []
    const outcome = this.quietly(() => this.expr(arg, DONE, item, found))
    if (outcome === 'error') return 'unknown'
    return truth(found === null ? outcome === 'ok' : found.length > 0)
  }
}
