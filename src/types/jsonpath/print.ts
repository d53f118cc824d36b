import { unreachable } from '../../base/assert.ts'
import { quoteJson } from '../jsonb.ts'
import { type JsonPath, LEVEL_LAST, type PathExpr, type PathHead, type PathStep } from './tree.ts'

/** The text of a jsonpath as PostgreSQL prints it. */
export const formatJsonPath = ({ lax, expr }: JsonPath): string => (lax ? '' : 'strict ') + print(expr, true)

/** `brackets`: around operators. */
function print(expr: PathExpr, brackets: boolean): string {
  const around = (text: string): string => (brackets ? `(${text})` : text)
  const inner = (arg: PathExpr): string => print(arg, priority(arg) <= priority(expr))
  switch (expr.kind) {
    case 'path':
      return printHead(expr.head, expr.steps.length > 0) + expr.steps.map(printStep).join('')
    case 'arith':
    case 'compare':
      return around(`${inner(expr.left)} ${expr.op === '<>' ? '!=' : expr.op} ${inner(expr.right)}`)
    case 'and':
    case 'or':
      return around(`${inner(expr.left)} ${expr.kind === 'and' ? '&&' : '||'} ${inner(expr.right)}`)
    case 'startsWith':
      return around(`${inner(expr.left)} starts with ${inner(expr.right)}`)
    case 'likeRegex': {
      const flags = expr.flags === '' ? '' : ` flag "${expr.flags}"`
      return around(`${inner(expr.arg)} like_regex ${quoteJson(expr.pattern)}${flags}`)
    }
    case 'sign':
      return around(expr.op + inner(expr.arg))
    case 'not':
      return `!(${print(expr.arg, false)})`
    case 'isUnknown':
      return `(${print(expr.arg, false)}) is unknown`
    case 'exists':
      return `exists (${print(expr.arg, false)})`
    default:
      return unreachable(expr)
  }
}

function priority(expr: PathExpr): number {
  switch (expr.kind) {
    case 'or':
      return 0
    case 'and':
      return 1
    case 'compare':
    case 'startsWith':
      return 2
    case 'arith':
      return expr.op === '+' || expr.op === '-' ? 3 : 4
    case 'sign':
      return 5
    default:
      return 6
  }
}

function printHead(head: PathHead, steps: boolean): string {
  switch (head.kind) {
    case 'root':
      return '$'
    case 'current':
      return '@'
    case 'last':
    case 'null':
      return head.kind
    case 'bool':
      return String(head.value)
    case 'string':
      return quoteJson(head.value)
    case 'number':
      return steps ? `(${head.text})` : head.text
    case 'variable':
      return `$${quoteJson(head.name)}`
    case 'group':
      // PostgreSQL leaves these brackets out, and cannot read what it printed.
      return ['not', 'isUnknown', 'exists'].includes(head.expr.kind)
        ? `(${print(head.expr, true)})`
        : print(head.expr, true)
    default:
      return unreachable(head)
  }
}

function printStep(step: PathStep): string {
  switch (step.kind) {
    case 'key':
      return `.${quoteJson(step.name)}`
    case 'anyKey':
      return '.*'
    case 'anyArray':
      return '[*]'
    case 'index':
      return `[${step.items.map(({ from, to }) => print(from, false) + (to === null ? '' : ` to ${print(to, false)}`)).join(',')}]`
    case 'any':
      return `.**${levels(step.first, step.last)}`
    case 'method':
      return `.${step.name}()`
    case 'datetime':
      return `.datetime(${step.template === null ? '' : quoteJson(step.template)})`
    case 'filter':
      return `?(${print(step.predicate, false)})`
    default:
      return unreachable(step)
  }
}

function levels(first: number, last: number): string {
  if (first === 0 && last === LEVEL_LAST) return ''
  const level = (n: number): string => (n === LEVEL_LAST ? 'last' : String(n))
  return first === last ? `{${level(first)}}` : `{${level(first)} to ${level(last)}}`
}
