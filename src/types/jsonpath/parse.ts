import { SqlError } from '../../base/sql-error.ts'
import { formatNumeric, parseNumericText } from '../numeric.ts'
import { lexPath, type PathToken, pathError } from './lex.ts'
import {
  type ArithOp,
  type CompareOp,
  isPredicate,
  type JsonPath,
  LEVEL_LAST,
  type PathExpr,
  type PathHead,
  type PathMethod,
  type PathStep,
} from './tree.ts'

/** Parentheses and subscripts inside each other: whoever walks the tree does so on a stack of bounded size. */
const DEPTH_MAX = 500

/** Words that mean something; `true`, `false` and `null` in lower case only. */
const WORDS: ReadonlySet<string> = new Set(
  'is to abs lax flag last size type with floor double exists starts strict ceiling unknown datetime keyvalue like_regex'.split(
    ' ',
  ),
)
const LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null'])
const METHODS: ReadonlySet<string> = new Set(['type', 'size', 'double', 'ceiling', 'floor', 'abs', 'keyvalue'])
const COMPARISONS: ReadonlySet<string> = new Set(['==', '<>', '!=', '<', '>', '<=', '>='])

/** What has to be said against a regular expression, where it stands. */
export type CheckRegex = (pattern: string, flags: string) => void

export function parseJsonPath(text: string, check: CheckRegex = () => {}): JsonPath {
  const parser = new PathParser(lexPath(text), check)
  if (parser.empty()) throw new SqlError('22P02', `invalid input syntax for type jsonpath: "${text}"`)
  return parser.path()
}

class PathParser {
  private readonly tokens: readonly PathToken[]
  private readonly check: CheckRegex
  private at = 0
  private depth = 0
  /** Inside a filter `@` stands for an item, inside a subscript `last` for an index. */
  private filters = 0
  private subscripts = 0
  /** Where one of them stands elsewhere, which is told when all the rest is right. */
  private misplaced: string | undefined

  constructor(tokens: readonly PathToken[], check: CheckRegex) {
    this.tokens = tokens
    this.check = check
  }

  empty(): boolean {
    return this.tokens[0].kind === 'end'
  }

  path(): JsonPath {
    const lax = !this.word('strict')
    if (lax) this.word('lax')
    const expr = this.or()
    if (this.token.kind !== 'end') throw this.unexpected()
    if (this.misplaced !== undefined) throw new SqlError('42601', this.misplaced)
    return { lax, expr }
  }

  private get token(): PathToken {
    const token = this.tokens[this.at]
    if (token.error !== undefined) throw token.error
    return token
  }

  private unexpected(): SqlError {
    return pathError('syntax error', this.token.near)
  }

  private keyword(): string | undefined {
    if (this.token.kind !== 'word') return undefined
    if (LITERALS.has(this.token.text)) return this.token.text
    const lower = this.token.text.toLowerCase()
    return WORDS.has(lower) ? lower : undefined
  }

  private word(keyword: string): boolean {
    if (this.keyword() !== keyword) return false
    this.at++
    return true
  }

  private op(op: string): boolean {
    if (this.token.kind !== 'op' || this.token.text !== op) return false
    this.at++
    return true
  }

  private expect(op: string): void {
    if (!this.op(op)) throw this.unexpected()
  }

  private predicate(expr: PathExpr): PathExpr {
    if (!isPredicate(expr)) throw this.unexpected()
    return expr
  }

  /** A value, not a truth. */
  private value(expr: PathExpr): PathExpr {
    if (isPredicate(expr)) throw this.unexpected()
    return expr
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > DEPTH_MAX) {
      throw new SqlError('54001', 'stack depth limit exceeded', {
        hint: `jsonpath is read to a depth of ${DEPTH_MAX} parentheses and signs inside each other.`,
      })
    }
    const result = read()
    this.depth--
    return result
  }

  private or(): PathExpr {
    let left = this.and()
    while (this.token.kind === 'op' && this.token.text === '||') {
      this.predicate(left)
      this.at++
      left = { kind: 'or', left, right: this.predicate(this.and()) }
    }
    return left
  }

  private and(): PathExpr {
    let left = this.not()
    while (this.token.kind === 'op' && this.token.text === '&&') {
      this.predicate(left)
      this.at++
      left = { kind: 'and', left, right: this.predicate(this.not()) }
    }
    return left
  }

  private not(): PathExpr {
    if (!this.op('!')) return this.comparison()
    if (this.keyword() === 'exists') return { kind: 'not', arg: this.exists() }
    this.expect('(')
    const arg = this.predicate(this.nested(() => this.or()))
    this.expect(')')
    return { kind: 'not', arg }
  }

  private exists(): PathExpr {
    this.at++
    this.expect('(')
    const arg = this.value(this.nested(() => this.sum()))
    this.expect(')')
    return { kind: 'exists', arg }
  }

  private comparison(): PathExpr {
    if (this.keyword() === 'exists') return this.exists()
    const left = this.sum()
    if (isPredicate(left)) {
      if (!this.word('is')) return left
      if (!this.word('unknown')) throw this.unexpected()
      return { kind: 'isUnknown', arg: left }
    }
    const { kind, text } = this.token
    if (kind === 'op' && COMPARISONS.has(text)) {
      this.at++
      const op = (text === '!=' ? '<>' : text) as CompareOp
      return { kind: 'compare', op, left, right: this.value(this.sum()) }
    }
    if (this.word('starts')) {
      if (!this.word('with')) throw this.unexpected()
      return { kind: 'startsWith', left, right: this.initial() }
    }
    return this.word('like_regex') ? this.likeRegex(left) : left
  }

  private initial(): PathExpr {
    const { kind, text } = this.token
    if (kind !== 'string' && kind !== 'variable') throw this.unexpected()
    this.at++
    const head: PathHead = kind === 'string' ? { kind: 'string', value: text } : { kind: 'variable', name: text }
    return { kind: 'path', head, steps: [] }
  }

  private likeRegex(arg: PathExpr): PathExpr {
    const pattern = this.string()
    const given = this.word('flag') ? this.string() : ''
    const wrong = [...given].find((flag) => !'ismxq'.includes(flag))
    if (wrong !== undefined) {
      throw new SqlError('42601', 'invalid input syntax for type jsonpath', {
        detail: `Unrecognized flag character "${wrong}" in LIKE_REGEX predicate.`,
      })
    }
    const flags = [...'ismxq'].filter((flag) => given.includes(flag)).join('')
    this.check(pattern, flags)
    return { kind: 'likeRegex', arg, pattern, flags }
  }

  private string(): string {
    if (this.token.kind !== 'string') throw this.unexpected()
    return this.tokens[this.at++].text
  }

  private sum(): PathExpr {
    return this.binary(['+', '-'], () => this.product())
  }

  private product(): PathExpr {
    return this.binary(['*', '/', '%'], () => this.signed())
  }

  private binary(ops: readonly ArithOp[], operand: () => PathExpr): PathExpr {
    let left = operand()
    while (this.token.kind === 'op' && (ops as readonly string[]).includes(this.token.text)) {
      this.value(left)
      const op = this.tokens[this.at++].text as ArithOp
      left = { kind: 'arith', op, left, right: this.value(operand()) }
    }
    return left
  }

  private signed(): PathExpr {
    const op = this.token.kind === 'op' ? this.token.text : ''
    if (op !== '+' && op !== '-') return this.primary()
    this.at++
    const arg = this.value(this.nested(() => this.signed()))
    if (arg.kind !== 'path' || arg.head.kind !== 'number' || arg.steps.length > 0) return { kind: 'sign', op, arg }
    if (op === '+') return arg
    const { text } = arg.head
    const negated = text.startsWith('-') ? text.slice(1) : /^[0.]*$/.test(text) ? text : `-${text}`
    return { kind: 'path', head: { kind: 'number', text: negated }, steps: [] }
  }

  private primary(): PathExpr {
    if (this.op('(')) {
      const expr = this.nested(() => this.or())
      this.expect(')')
      const steps = this.steps()
      if (steps.length === 0) return expr
      // A path in parentheses goes on as if there were none.
      if (expr.kind === 'path') return { ...expr, steps: [...expr.steps, ...steps] }
      return { kind: 'path', head: { kind: 'group', expr }, steps }
    }
    const head = this.head()
    return { kind: 'path', head, steps: this.steps() }
  }

  private head(): PathHead {
    const { kind, text } = this.token
    switch (kind) {
      case 'string':
        this.at++
        return { kind: 'string', value: text }
      case 'variable':
        this.at++
        return { kind: 'variable', name: text }
      case 'integer':
      case 'number':
        this.at++
        return { kind: 'number', text: formatNumeric(parseNumericText(text)!) }
      case 'op':
        if (this.op('$')) return { kind: 'root' }
        if (this.op('@')) {
          if (this.filters === 0) this.misplaced ??= '@ is not allowed in root expressions'
          return { kind: 'current' }
        }
        throw this.unexpected()
      default:
        return this.wordHead()
    }
  }

  private wordHead(): PathHead {
    const word = this.keyword()
    if (word === 'null') this.at++
    else if (word === 'true' || word === 'false') {
      this.at++
      return { kind: 'bool', value: word === 'true' }
    } else if (word === 'last') {
      this.at++
      if (this.subscripts === 0) this.misplaced ??= 'LAST is allowed only in array subscripts'
      return { kind: 'last' }
    } else throw this.unexpected()
    return { kind: 'null' }
  }

  private steps(): PathStep[] {
    const steps: PathStep[] = []
    for (;;) {
      if (this.op('.')) steps.push(this.member())
      else if (this.op('[')) steps.push(this.subscript())
      else if (this.op('?')) {
        this.expect('(')
        this.filters++
        const predicate = this.predicate(this.nested(() => this.or()))
        this.filters--
        this.expect(')')
        steps.push({ kind: 'filter', predicate })
      } else return steps
    }
  }

  private member(): PathStep {
    if (this.op('*')) return { kind: 'anyKey' }
    if (this.op('**')) return this.levels()
    const { kind, text } = this.token
    if (kind !== 'word' && kind !== 'string') throw this.unexpected()
    const word = this.keyword()
    this.at++
    const call = this.isCall()
    if (kind === 'word' && call && word !== undefined && (METHODS.has(word) || word === 'datetime')) {
      this.at++
      const template = word === 'datetime' ? this.optionalString() : null
      this.expect(')')
      return word === 'datetime' ? { kind: 'datetime', template } : { kind: 'method', name: word as PathMethod }
    }
    return { kind: 'key', name: text }
  }

  private isCall(): boolean {
    return this.token.kind === 'op' && this.token.text === '('
  }

  private optionalString(): string | null {
    return this.token.kind === 'string' ? this.string() : null
  }

  private levels(): PathStep {
    if (!this.op('{')) return { kind: 'any', first: 0, last: LEVEL_LAST }
    const first = this.level()
    const last = this.word('to') ? this.level() : first
    this.expect('}')
    return { kind: 'any', first, last }
  }

  private level(): number {
    if (this.word('last')) return LEVEL_LAST
    if (this.token.kind !== 'integer') throw this.unexpected()
    const { text } = this.tokens[this.at++]
    const level = Number(text)
    if (level > 2147483647) throw new SqlError('22003', `value "${text}" is out of range for type integer`)
    return level
  }

  private subscript(): PathStep {
    if (this.op('*')) {
      this.expect(']')
      return { kind: 'anyArray' }
    }
    const items: { from: PathExpr; to: PathExpr | null }[] = []
    this.subscripts++
    do {
      const from = this.value(this.nested(() => this.sum()))
      const to = this.word('to') ? this.value(this.nested(() => this.sum())) : null
      items.push({ from, to })
    } while (this.op(','))
    this.subscripts--
    this.expect(']')
    return { kind: 'index', items }
  }
}
