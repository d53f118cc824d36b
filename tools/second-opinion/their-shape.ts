import { flat, NotCompared, named, numberShape, operator, type Shape, typeShape, unaryShape } from './shape.ts'

/** A node of node-sql-parser's tree: what each holds is known by looking. */
type Node = { readonly [key: string]: unknown }

/** node-sql-parser's tree as a shape. A form that is not known here is an error of this file, not of the parser. */
export function theirShape(ast: unknown): Shape {
  const s = node(Array.isArray(ast) && ast.length === 1 ? ast[0] : ast)
  switch (s['type']) {
    case 'select':
      return query(s)
    case 'insert': {
      if (s['conflict'] || s['returning'] || s['partition'] || s['with']) throw new NotCompared('clauses of INSERT')
      const columns = nodes(s['columns']).map((c) => named(String(c['value'])))
      const values = node(s['values'])
      const rows = values['type'] === 'values' ? valuesShape(values) : query(values)
      return ['insert', table(nodes(s['table'])[0]!), columns, rows]
    }
    case 'update': {
      if (s['returning'] || s['with'] || s['from']) throw new NotCompared('clauses of UPDATE')
      const set = nodes(s['set']).map((a): Shape => [columnName(a['column']), expr(node(a['value']))])
      const [target] = nodes(s['table'])
      return ['update', table(target!), name(target!['as']), set, optional(s['where'])]
    }
    case 'delete':
      if (s['returning'] || s['with'] || nodes(s['from']).length !== 1) throw new NotCompared('clauses of DELETE')
      return ['delete', table(nodes(s['from'])[0]!), optional(s['where'])]
    default:
      throw new NotCompared(String(s['type']))
  }
}

function node(value: unknown): Node {
  if (value === null || typeof value !== 'object') throw new NotCompared(`${value} is no node`)
  return value as Node
}
const nodes = (value: unknown): Node[] => ((value ?? []) as unknown[]).map(node)
const optional = (value: unknown): Shape => (value === null || value === undefined ? 'none' : expr(node(value)))
const table = (t: Node): Shape =>
  [t['schema'], t['db'], t['table']].flatMap((part) => (typeof part === 'string' ? [named(part)] : []))
const valuesShape = (v: Node): Shape => [
  'values',
  ...nodes(v['values']).map((row): Shape => nodes(row['value']).map(expr)),
]

/** A chain of SELECTs without their precedence; ORDER BY and LIMIT of the whole stand at its last one. */
function query(first: Node): Shape {
  const parts: { readonly op: string; readonly select: Node }[] = [{ op: '', select: first }]
  for (let s = first; s['_next']; s = node(s['_next']))
    parts.push({ op: String(s['set_op']).toLowerCase().replace(' distinct', ''), select: node(s['_next']) })
  if (parts.length > 1 && parts.some((p) => p.select['parentheses_symbol'])) throw new NotCompared('parentheses')
  const { select: last } = parts[parts.length - 1]!
  const terms: { readonly op: string; shape: Shape }[] = []
  for (const { op, select } of parts) {
    const shape = selectShape(select)
    const before = terms[terms.length - 1]
    // INTERSECT binds first, the others from left to right.
    if (op.startsWith('intersect')) before!.shape = [op, before!.shape, shape]
    else terms.push({ op, shape })
  }
  const body = terms.slice(1).reduce((left: Shape, term): Shape => [term.op, left, term.shape], terms[0]!.shape)
  const ctes = nodes(first['with']).map((cte): Shape => {
    const stmt = node(cte['stmt'])
    const columns = nodes(cte['columns']).map((c) => columnName(c['column']))
    return [named(String(node(cte['name'])['value'])), columns, query(node(stmt['ast'] ?? stmt))]
  })
  const order = nodes(last['orderby']).map(orderItem)
  const [limit, offset] = limitOf(last)
  return ctes.length + order.length === 0 && limit === 'none' && offset === 'none'
    ? body
    : ['query', ctes, body, order, limit, offset]
}

function limitOf(select: Node): [Shape, Shape] {
  if (!select['limit']) return ['none', 'none']
  const { seperator, value } = node(select['limit'])
  const shapes = nodes(value).map((v) => (v['type'] === 'origin' && v['value'] === 'all' ? 'null' : expr(v)))
  if (seperator === 'offset') return shapes.length === 1 ? ['none', shapes[0]!] : [shapes[0]!, shapes[1]!]
  return [shapes[0] ?? 'none', 'none']
}

function orderItem(o: Node): Shape {
  const nulls = String(o['nulls'] ?? 'default').toLowerCase()
  return [expr(node(o['expr'])), String(o['type'] ?? 'asc').toLowerCase(), nulls.replace('nulls ', '')]
}

function selectShape(s: Node): Shape {
  const distinct = node(s['distinct'])
  if (distinct['columns'] || s['window'] || node(s['into'])['position']) throw new NotCompared('clauses of SELECT')
  const targets = nodes(s['columns']).map((c): Shape => [expr(node(c['expr'])), name(c['as'])])
  const groups = s['groupby'] ? nodes(node(s['groupby'])['columns']).map(expr) : []
  const word = distinct['type'] ? 'distinct' : 'all'
  return ['select', word, targets, from(nodes(s['from'])), optional(s['where']), groups, optional(s['having'])]
}

function name(as: unknown): Shape {
  if (as === null || as === undefined) return 'none'
  if (typeof as !== 'string' || as.includes('(')) throw new NotCompared('alias of columns')
  return named(as)
}

/** A flat list: an entry with a join belongs to the one before it. */
function from(items: readonly Node[]): Shape[] {
  const shapes: Shape[] = []
  for (const item of items) {
    if (item['expr'] && node(item['expr'])['type']) throw new NotCompared('a function in FROM')
    if (item['prefix'] || item['tablesample'] || item['type']) throw new NotCompared('an item of its own kind')
    const shape: Shape = item['expr']
      ? ['derived', query(node(node(item['expr'])['ast'])), name(item['as'])]
      : ['table', table(item), name(item['as'])]
    if (item['join'] === undefined) {
      shapes.push(shape)
      continue
    }
    const kind = String(item['join'])
      .toLowerCase()
      .replace(/ (outer )?join$/, '')
    const using = nodes(item['using']).map((c) => named(String(c['value'])))
    shapes.push(['join', kind, shapes.pop()!, shape, optional(item['on']), using])
  }
  return shapes
}

function columnName(column: unknown): string {
  if (typeof column === 'string') return named(column)
  return named(String(node(node(column)['expr'])['value']))
}

const NEGATABLE = new Set(['between', 'in', 'like', 'ilike', 'similar to'])

function expr(e: Node): Shape {
  if (e['ast']) return query(node(e['ast']))
  if (e['options'] || e['array_index'] || e['escape']) throw new NotCompared('more of an expression')
  switch (e['type']) {
    case 'column_ref': {
      const of = e['table']
      const qualifier = of && typeof of === 'object' ? node(of)['value'] : of
      const path = [e['schema'], qualifier].flatMap((part) => (part ? [named(String(part))] : []))
      return e['column'] === '*' ? ['star', ...path] : ['column', ...path, columnName(e['column'])]
    }
    case 'star':
      return ['star']
    case 'number':
    case 'bigint':
      return numberShape(String(e['value']))
    case 'single_quote_string':
      return ['text', String(e['value']).replaceAll("''", "'")]
    case 'date':
    case 'time':
    case 'timestamp':
      return ['cast', ['text', String(e['value']).replaceAll("''", "'")], typeShape(e['type'], [])]
    case 'interval': {
      const value = node(e['expr'])
      if (e['unit'] || value['type'] !== 'single_quote_string') throw new NotCompared('fields of an interval')
      return ['interval', String(value['value']).replaceAll("''", "'")]
    }
    case 'array':
      return ['array', ...list(e['expr_list'])]
    case 'null':
      return 'null'
    case 'bool':
      return String(e['value'])
    case 'unary_expr':
      return unaryShape(operator(String(e['operator'])), expr(node(e['expr'])))
    case 'binary_expr':
      return binary(e)
    case 'case': {
      const arms = nodes(e['args'])
      const whens = arms.filter((a) => a['type'] === 'when')
      const otherwise = arms.find((a) => a['type'] === 'else')
      const pairs = whens.map((w): Shape => [expr(node(w['cond'])), expr(node(w['result']))])
      return ['case', optional(e['expr']), pairs, optional(otherwise?.['result'])]
    }
    case 'cast': {
      const [type, ...more] = nodes(e['target'])
      if (more.length > 0 || type === undefined || nodes(type['suffix']).length > 0 || type['array'])
        throw new NotCompared('a type of its own kind')
      // It takes the 8 of float8 for a length as well.
      const sized = /^(var)?char|^character|^numeric|^decimal|^bpchar|^time|^bit/i.test(String(type['dataType']))
      const modifiers = (sized ? [type['length'], type['scale']] : []).filter((m) => m != null) as number[]
      return ['cast', expr(node(e['expr'])), typeShape(String(type['dataType']), modifiers)]
    }
    case 'function':
      return call(e)
    case 'aggr_func': {
      if (e['over'] || e['filter'] || e['within_group_orderby']) throw new NotCompared('clauses of a call')
      const args = node(e['args'])
      if (args['orderby'] || args['separator']) throw new NotCompared('ORDER BY of an aggregate')
      const words = args['distinct'] ? ['distinct'] : []
      return ['call', named(String(e['name'])), list(args['expr']), ...words]
    }
    default:
      throw new NotCompared(String(e['type']))
  }
}

function list(value: unknown): Shape[] {
  const found = node(value)
  return found['type'] === 'expr_list' && !found['parentheses'] ? nodes(found['value']).map(expr) : [expr(found)]
}

function call(e: Node): Shape {
  if (e['over'] || e['filter'] || e['suffix']) throw new NotCompared('clauses of a call')
  const parts = nodes(node(e['name'])['name'])
  if (parts.length !== 1 || node(e['name'])['schema']) throw new NotCompared('a function with a schema')
  const word = named(String(parts[0]!['value']))
  const args = e['args'] ? nodes(node(e['args'])['value']).map(expr) : []
  return word === 'exists' || word === 'not' ? [word, ...args] : ['call', word, args]
}

function binary(e: Node): Shape {
  const op = operator(String(e['operator']))
  const right = node(e['right'])
  if (op === 'and' || op === 'or') return flat(op, [expr(node(e['left'])), expr(right)])
  const left = expr(node(e['left']))
  if (op === 'is' || op === 'is not') {
    if (right['type'] !== 'null' && right['type'] !== 'bool') throw new NotCompared('IS')
    return [`${op} ${right['value']}`, left]
  }
  const positive = op.replace(/^not /, '')
  if (!NEGATABLE.has(positive)) return [op, left, expr(right)]
  const word = op === positive ? op : `${positive}not`
  const args = right['type'] === 'expr_list' ? nodes(right['value']).map(expr) : [expr(right)]
  return [word, left, ...args]
}
