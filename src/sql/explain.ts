import { unreachable } from '../base/assert.ts'
import { canonicalJson } from '../base/canonical-json.ts'
import { CLOCK } from '../dataflow/contract.ts'
import { type BoundTerm, columnsFreed } from '../plan/bounds.ts'
import type { AggregateCall, Finishing, Logical, SortKey } from '../plan/logical.ts'
import { logicalInputs } from '../plan/logical-walk.ts'
import type { PhysicalNode, PhysicalPlan } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import { isTrue } from '../plan/scalar-walk.ts'
import { INTERVAL } from '../types/sql-type.ts'
import { datumText, scalarText, tableCallText } from './explain-scalar.ts'
import type { StateNotes } from './explain-state.ts'
import { columnText, windowText } from './explain-window.ts'
import { hasDirect } from './function-facts.ts'

/** The plan as indented text, inputs below what reads them. */
export function explainLogical(plan: Logical): string {
  return tree(plan, 0).join('\n')
}

export const explainJson = (plan: Logical | PhysicalPlan): string =>
  JSON.stringify(JSON.parse(canonicalJson(plan)), null, 2)

/** A plan with what it holds. */
export const explainPhysicalJson = (plan: PhysicalPlan, notes: StateNotes): string =>
  JSON.stringify(
    JSON.parse(
      canonicalJson({
        ...plan,
        ...notes.json,
        nodes: plan.nodes.map((node, n) => ({ ...node, ...notes.nodeJson(n) })),
      }),
    ),
    null,
    2,
  )

function tree(p: Logical, depth: number): string[] {
  const pad = '  '.repeat(depth)
  if (p.kind === 'let') {
    return [`${pad}Let l${p.binding} =`, ...tree(p.value, depth + 1), `${pad}in`, ...tree(p.body, depth)]
  }
  if (p.kind === 'letRec') {
    const limit = p.limit ? ` limit=${p.limit.rounds} (${p.limit.onLimit})` : ''
    const bindings = p.bindings.flatMap((b) => [`${pad}  l${b.binding} =`, ...tree(b.value, depth + 2)])
    return [`${pad}LetRec${limit}`, ...bindings, `${pad}in`, ...tree(p.body, depth)]
  }
  return [pad + line(p), ...logicalInputs(p).flatMap((i) => tree(i, depth + 1))]
}

const namesOf = (...plans: readonly Logical[]): string[] => plans.flatMap((p) => p.rowType.map((f) => f.name))

export function line(p: Exclude<Logical, { kind: 'let' | 'letRec' }>): string {
  switch (p.kind) {
    case 'get':
      return `Get ${p.name}`
    case 'constant': {
      const rows = p.rows.map((r) => `(${r.map((v, i) => datumText(v, p.rowType[i].type)).join(', ')})`)
      return `Constant ${rows.length === 0 ? '(no rows)' : rows.slice(0, 20).join(', ')}${rows.length > 20 ? ', …' : ''}`
    }
    case 'ref':
      return `Ref l${p.binding}`
    case 'project': {
      const names = namesOf(p.input)
      return `Project ${p.exprs.map((e, i) => named(scalarText(e, names), e, p.rowType[i].name, names)).join(', ')}`
    }
    case 'filter':
      return `Filter ${scalarText(p.predicate, namesOf(p.input))}`
    case 'join':
      return `${p.delta ? 'DeltaJoin' : 'Join'} ${p.type}${isTrue(p.on) ? ' (cross)' : ` on ${scalarText(p.on, namesOf(p.left, p.right))}`}`
    case 'semiJoin':
      return `${p.anti ? 'AntiJoin' : 'SemiJoin'}${isTrue(p.on) ? '' : ` on ${scalarText(p.on, namesOf(p.left, p.right))}`}`
    case 'asofJoin': {
      const [left, right] = [namesOf(p.left), namesOf(p.right)]
      const pairs = p.leftKeys.map((k, i) => `${columnText(k, left)} = ${columnText(p.rightKeys[i], right)}`)
      if (p.nearest !== null) {
        const { left: l, right: r, compare } = p.nearest
        pairs.push(`${columnText(l, left)} ${compare} ${columnText(r, right)}`)
      }
      return `${p.nearest === null ? 'LookupJoin' : 'AsofJoin'}${p.outer ? ' left' : ''} on ${pairs.join(', ')}`
    }
    case 'aggregate': {
      const names = namesOf(p.input)
      const keys = p.keys.length > 0 ? ` by ${p.keys.map((k) => scalarText(k, names)).join(', ')}` : ''
      return `Aggregate${keys}${p.aggregates.length > 0 ? `: ${p.aggregates.map((a) => callText(a, names)).join(', ')}` : ''}`
    }
    case 'distinct':
      return 'Distinct'
    case 'arrival':
      return 'Arrival'
    case 'expire':
      return `Expire after ${microsText(p.ttlMicros)}`
    case 'unionAll':
      return 'UnionAll'
    case 'setOp':
      return `${p.op === 'intersect' ? 'Intersect' : 'Except'}${p.all ? 'All' : ''}`
    case 'topK': {
      const names = namesOf(p.input)
      const offset = p.offset > 0 ? ` offset ${p.offset}` : ''
      return `TopK${partitionText(p.partition, names)}${orderText(p.order, names)} limit ${p.limit ?? 'none'}${p.ties ? ' with ties' : ''}${offset}`
    }
    case 'rowNumber': {
      const names = namesOf(p.input)
      const most = p.atMost === null ? '' : ` at most ${p.atMost}`
      return `RowNumber${partitionText(p.partition, names)}${orderText(p.order, names)}${most}`
    }
    case 'window': {
      const names = namesOf(p.input)
      return `Window${partitionText(p.partition, names)}${orderText(p.order, names)}: ${windowText(p.calls, names)}`
    }
    case 'flatMap': {
      const args = p.args.map((a) => scalarText(a, namesOf(p.input)))
      const ordinality = p.withOrdinality ? ' with ordinality' : ''
      return `FlatMap${p.outer ? ' outer' : ''} ${tableCallText(p.fn, args)}${ordinality}`
    }
    case 'atMostOne':
      return `AtMostOne${partitionText(p.keys, namesOf(p.input))}`
    default:
      return unreachable(p)
  }
}

function named(text: string, e: Scalar, name: string, inputs: readonly string[]): string {
  return e.kind === 'column' && inputs[e.index] === name ? text : `${text} as ${name}`
}

const microsText = (micros: number): string => datumText({ months: 0, days: 0, micros }, INTERVAL)

function callText(a: AggregateCall, names: readonly string[]): string {
  const args = a.args.map((x) => scalarText(x, names)).join(', ')
  const order = a.order.map((o) => `${scalarText(o.expr, names)}${o.desc ? ' desc' : ''}`).join(', ')
  const filter = a.filter ? ` filter ${scalarText(a.filter, names)}` : ''
  const name = a.fn.replace(/\(.*$/, '')
  if (hasDirect(a.fn)) return `${name}(${args}) within group (order by ${order})${filter}`
  const inside = a.args.length === 0 ? '*' : `${a.distinct ? 'distinct ' : ''}${args}`
  return `${name}(${inside}${order ? ` order by ${order}` : ''})${filter}`
}

const partitionText = (columns: readonly number[], names: readonly string[]): string =>
  columns.length === 0 ? '' : ` by ${columns.map((c) => columnText(c, names)).join(', ')}`

function orderText(order: readonly SortKey[], names: readonly string[]): string {
  if (order.length === 0) return ''
  const keys = order.map((o) => {
    const nulls = o.nullsFirst === o.desc ? '' : o.nullsFirst ? ' nulls first' : ' nulls last'
    return `${columnText(o.column, names)}${o.desc ? ' desc' : ''}${nulls}`
  })
  return ` order by ${keys.join(', ')}`
}

export function finishingText(f: Finishing, names: readonly string[]): string {
  const limit = f.limitParam !== undefined ? ` limit $${f.limitParam + 1}` : f.limit !== null ? ` limit ${f.limit}` : ''
  const offset =
    f.offsetParam !== undefined ? ` offset $${f.offsetParam + 1}` : f.offset > 0 ? ` offset ${f.offset}` : ''
  return `Finish${orderText(f.order, names)}${limit}${offset}`
}

// ---------------------------------------------------------------- physical

/** One line a node, in the order in which they run. `name` tells what object an id is; `state`: what they hold. */
export function explainPhysical(plan: PhysicalPlan, name: (object: number) => string, state?: StateNotes): string {
  const lines = plan.nodes.flatMap((n, i) => nodeLines(n, i, name, '', state?.node(i) ?? []))
  const last = [`root: ${plan.root}  fingerprint: ${plan.fingerprint}`, ...(state?.after ?? [])]
  return [...lines, ...last].join('\n')
}

function nodeLines(
  n: PhysicalNode,
  i: number,
  name: (object: number) => string,
  pad: string,
  state: readonly string[] = [],
): string[] {
  const notes = [...nodeNotes(n, name), ...state]
  const head = `${pad}${i}: ${nodeText(n, name)}${notes.length > 0 ? `  (${notes.join(', ')})` : ''}`
  return n.op === 'scope' ? [head, ...n.body.flatMap((b, j) => nodeLines(b, j, name, `${pad}    `))] : [head]
}

/** What is known of a node before it runs. */
export function nodeNotes(n: PhysicalNode, name: (object: number) => string): string[] {
  const notes = [n.appendOnly ? 'append-only' : '', n.growth === 'none' ? '' : `${n.growth} state`].filter(
    (x) => x !== '',
  )
  for (const rule of n.release ?? []) {
    const by = columnsFreed(rule).map(({ column, terms }) => `#${column} below ${termsText(terms, name)}`)
    const side = rule.of === 'input' ? '' : `${rule.of} `
    notes.push(`frees ${side}${by.join(' or ')}${rule.partial ? ', not where it is NULL' : ''}`)
  }
  return notes
}

/** `W` stands for the watermark of the relation, now() for the clock. */
const termsText = (terms: readonly BoundTerm[], name: (object: number) => string): string => {
  const texts = terms.map(({ object, bound }) =>
    scalarText(bound, [object === CLOCK ? 'now()' : `W(${name(object)})`]).replaceAll('#0:', ''),
  )
  const distinct = texts.filter((t, i) => texts.indexOf(t) === i)
  return distinct.length === 1 ? distinct[0] : `least(${distinct.join(', ')})`
}

export function nodeText(n: PhysicalNode, name: (object: number) => string): string {
  const scalar = (s: Scalar): string => scalarText(s, [])
  switch (n.op) {
    case 'get':
      return `get ${name(n.object)} [${n.columns.join(', ')}]`
    case 'constant':
      return `constant ${n.rows.length} rows`
    case 'map':
      return `map ${n.input}${n.filter ? ` where ${scalar(n.filter)}` : ''} → ${n.exprs.map(scalar).join(', ')}`
    case 'temporal': {
      const rules = n.rules.map((rule) => scalar(rule.kind === 'step' ? rule.value : rule.test))
      const where = n.filter ? ` where ${scalar(n.filter)}` : ''
      return `temporal ${n.input}${where} → ${n.exprs.map(scalar).join(', ')}  changes with: ${[...new Set(rules)].join(', ')}`
    }
    case 'flatMap':
      return `flatMap ${n.input} ${tableCallText(n.fn, n.args.map(scalar))}${n.outer ? ' outer' : ''}${n.withOrdinality ? ' with ordinality' : ''}`
    case 'union':
      return `union ${n.inputs.join(', ')}`
    case 'negate':
      return `negate ${n.input}`
    case 'join': {
      const keys = n.leftKeys.map((k, i) => `#${k}=#${n.rightKeys[i]}`).join(', ')
      const residual = n.residual ? ` and ${scalar(n.residual)}` : ''
      return `join ${n.type} ${n.left}, ${n.right} on ${keys === '' ? 'nothing' : keys}${n.nullSafe ? ' null-safe' : ''}${residual}`
    }
    case 'deltaJoin': {
      const paths = n.paths.map((path, i) =>
        [`${n.inputs[i]}`, ...path.map((s) => `${n.inputs[s.input]} by ${s.key.map((c) => `#${c}`).join(', ')}`)].join(
          ' → ',
        ),
      )
      return `delta join ${n.inputs.join(', ')}: ${paths.join('; ')}`
    }
    case 'asofJoin':
    case 'lookupJoin': {
      const pairs = n.leftKeys.map((k, i) => `#${k}=#${n.rightKeys[i]}`)
      if (n.op === 'asofJoin') pairs.push(`#${n.nearest.left}${n.nearest.compare}#${n.nearest.right}`)
      const name = n.op === 'asofJoin' ? 'asof join' : 'lookup join'
      return `${name}${n.outer ? ' left' : ''} ${n.left}, ${n.right} on ${pairs.join(', ')}`
    }
    case 'aggregate': {
      const calls = n.aggregates.map((a) => {
        const order = orderText(a.order, [])
        const args = a.direct?.map((d) => ('value' in d ? canonicalJson(d.value) : `#${a.args[d.arg]}`))
        const inside = (args ?? a.args.map((c) => `#${c}`)).join(', ')
        return `${a.fn.replace(/\(.*$/, '')}(${a.distinct ? 'distinct ' : ''}${inside}${order})${a.filter === null ? '' : ` filter #${a.filter}`}`
      })
      return `aggregate ${n.input}${partitionText(n.keys, [])} → ${calls.join(', ')}`
    }
    case 'distinct':
      return `distinct ${n.input}`
    case 'setOp':
      return `${n.type}${n.all ? ' all' : ''} ${n.left}, ${n.right}`
    case 'topK':
      return `topK ${n.input}${partitionText(n.partition, [])}${orderText(n.order, [])} limit ${n.limit ?? 'none'}${n.ties ? ' with ties' : ''} offset ${n.offset}`
    case 'rowNumber':
      return `rowNumber ${n.input}${partitionText(n.partition, [])}${orderText(n.order, [])}${n.atMost === null ? '' : ` at most ${n.atMost}`}`
    case 'window':
      return `window ${n.input}${partitionText(n.partition, [])}${orderText(n.order, [])} → ${windowText(n.calls, [])}`
    case 'atMostOne':
      return `atMostOne ${n.input}${partitionText(n.keys, [])}`
    case 'arrival':
      return `arrival ${n.input} as #${n.types.length - 1}`
    case 'expire':
      return `expire ${n.input} after ${microsText(n.ttlMicros)}`
    case 'emitPeriodic':
      return `emit periodic ${n.input} every ${microsText(n.everyMicros)}`
    case 'onTime': {
      const w = `W(${name(n.relation)})`
      const tests = n.tests.map(({ column, bounds }) => {
        const texts = bounds.map((b) => scalarText(b, [w]).replaceAll('#0:', ''))
        return `#${column} ${n.late ? '<' : '>='} ${texts.length === 1 ? texts[0] : `least(${texts.join(', ')})`}`
      })
      return `${n.late ? 'late' : 'on time'} ${n.input} where ${tests.join(n.late ? ' or ' : ' and ')}`
    }
    case 'emitOnClose':
      return `emit on close ${n.input} by #${n.column} below ${termsText(n.terms, name)}`
    case 'scope':
      return `scope imports [${n.imports.join(', ')}] results [${n.results.join(', ')}] output ${n.output}`
    case 'import':
      return `import ${n.index}`
    case 'variable':
      return `variable ${n.index}`
    default:
      return unreachable(n)
  }
}
