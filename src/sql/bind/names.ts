import type { Expr } from '../../../grammar/ast.ts'

/** The name that PostgreSQL gives an output column without alias. */
export function outputName(node: Expr): string {
  return nameOf(node)?.name ?? '?column?'
}

/** `strong`: a name of its own; a cast's type name gives way to a stronger one inside. */
function nameOf(node: Expr): { name: string; strong: boolean } | undefined {
  const strong = (name: string) => ({ name, strong: true })
  const weak = (name: string) => ({ name, strong: false })
  switch (node.kind) {
    case 'column':
      return strong(node.parts[node.parts.length - 1].name)
    case 'field':
      return strong(node.field.name)
    case 'subscript':
    case 'slice':
      return nameOf(node.operand)
    case 'call':
      return strong(node.name.parts[node.name.parts.length - 1].name)
    case 'cast': {
      const inner = nameOf(node.operand)
      return inner?.strong ? inner : weak(node.type.parts[node.type.parts.length - 1].name)
    }
    case 'typedLiteral':
      return weak(node.type.parts[node.type.parts.length - 1].name)
    case 'interval':
      return weak('interval')
    case 'collate':
      return nameOf(node.operand)
    case 'case': {
      const inner = node.else && nameOf(node.else)
      return inner?.strong ? inner : weak('case')
    }
    case 'array':
    case 'arraySubquery':
      return strong('array')
    case 'row':
      return node.explicit ? strong('row') : strong('row')
    case 'jsonFunction':
      return strong(`json_${node.op.toLowerCase()}`)
    case 'jsonObject':
      return strong('json_object')
    case 'jsonArray':
      return strong('json_array')
    case 'jsonAggregate':
      return strong(node.key ? 'json_objectagg' : 'json_arrayagg')
    case 'jsonOf':
      return strong(node.op === 'JSON' ? 'json' : `json_${node.op.toLowerCase()}`)
    case 'exists':
      return strong('exists')
    case 'subquery':
      return subqueryName(node.query)
    case 'coalesce':
    case 'greatest':
    case 'least':
    case 'nullif':
    case 'grouping':
    case 'overlay':
    case 'normalize':
    case 'position':
    case 'extract':
    case 'substring':
      return strong(node.kind)
    case 'trim':
      return strong(node.side === 'BOTH' ? 'btrim' : node.side === 'LEADING' ? 'ltrim' : 'rtrim')
    case 'atTimeZone':
      return strong('timezone')
    case 'sqlValue':
      return strong(node.name)
    case 'is':
      return node.test === 'NORMALIZED' && !node.negated ? strong('is_normalized') : undefined
    case 'overlaps':
      return strong('overlaps')
    default:
      return undefined
  }
}

/** A scalar subquery is named after its only column. */
function subqueryName(
  query: Extract<Expr, { kind: 'subquery' }>['query'],
): { name: string; strong: boolean } | undefined {
  let body = query.body
  while (body.kind === 'query' || body.kind === 'setOperation') body = body.kind === 'query' ? body.body : body.left
  if (body.kind === 'values') return { name: 'column1', strong: true }
  if (body.kind !== 'select') return undefined
  const target = body.targets[0]
  if (!target) return undefined
  return target.alias ? { name: target.alias.name, strong: true } : nameOf(target.expr)
}
