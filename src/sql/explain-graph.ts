import type { Logical } from '../plan/logical.ts'
import { logicalInputs } from '../plan/logical-walk.ts'
import type { PhysicalNode, PhysicalPlan } from '../plan/physical.ts'
import { inputsOf } from '../plan/sub-plans.ts'
import { line, nodeNotes, nodeText } from './explain.ts'
import type { StateNotes } from './explain-state.ts'

/** A plan as nodes and arrows, in the direction in which rows go. */
export interface PlanGraph {
  readonly nodes: readonly { readonly id: string; readonly lines: readonly string[] }[]
  readonly arrows: readonly (readonly [from: string, to: string])[]
}

/** A sub-plan that is read in several places is one node with several arrows. */
export function logicalGraph(plan: Logical): PlanGraph {
  const nodes: { id: string; lines: string[] }[] = []
  const arrows: [string, string][] = []
  const bindings = new Map<number, string>()
  const add = (text: string): string => {
    const id = `n${nodes.length}`
    nodes.push({ id, lines: [text] })
    return id
  }
  const walk = (p: Logical): string => {
    if (p.kind === 'let') {
      bindings.set(p.binding, walk(p.value))
      return walk(p.body)
    }
    if (p.kind === 'letRec') {
      for (const { binding } of p.bindings) bindings.set(binding, add(`Variable l${binding}`))
      for (const { binding, value } of p.bindings) arrows.push([walk(value), bindings.get(binding)!])
      return walk(p.body)
    }
    const known = p.kind === 'ref' ? bindings.get(p.binding) : undefined
    if (known !== undefined) return known
    const inputs = logicalInputs(p).map(walk)
    const id = add(line(p))
    for (const input of inputs) arrows.push([input, id])
    return id
  }
  walk(plan)
  return { nodes, arrows }
}

export function physicalGraph(plan: PhysicalPlan, name: (object: number) => string, state: StateNotes): PlanGraph {
  const nodes: { id: string; lines: string[] }[] = []
  const arrows: [string, string][] = []
  const add = (list: readonly PhysicalNode[], prefix: string, notes: (n: number) => readonly string[]): void => {
    list.forEach((node, n) => {
      const id = `${prefix}${n}`
      nodes.push({ id, lines: [`${n}: ${nodeText(node, name)}`, ...nodeNotes(node, name), ...notes(n)] })
      for (const input of inputsOf(node)) arrows.push([`${prefix}${input}`, id])
      if (node.op !== 'scope') return
      add(node.body, `${id}_`, () => [])
      arrows.push([`${id}_${node.results[node.output]}`, id])
    })
  }
  add(plan.nodes, 'n', (n) => state.node(n))
  if (state.after.length > 0) {
    nodes.push({ id: 'result', lines: [...state.after] })
    arrows.push([`n${plan.root}`, 'result'])
  }
  return { nodes, arrows }
}

export function graphText(graph: PlanGraph, format: 'MERMAID' | 'DOT'): string {
  return format === 'MERMAID' ? mermaidText(graph) : dotText(graph)
}

function mermaidText({ nodes, arrows }: PlanGraph): string {
  // Marks of its own are written as entities.
  const escaped = (text: string): string => text.replace(/["#;<>&`]/g, (c) => `#${c.charCodeAt(0)};`)
  return [
    'flowchart BT',
    ...nodes.map(({ id, lines }) => `  ${id}["${lines.map(escaped).join('<br>')}"]`),
    ...arrows.map(([from, to]) => `  ${from} --> ${to}`),
  ].join('\n')
}

function dotText({ nodes, arrows }: PlanGraph): string {
  const escaped = (text: string): string => text.replace(/["\\]/g, (c) => `\\${c}`)
  return [
    'digraph plan {',
    '  rankdir = BT',
    '  node [shape = box]',
    ...nodes.map(({ id, lines }) => `  ${id} [label = "${lines.map(escaped).join('\\n')}"]`),
    ...arrows.map(([from, to]) => `  ${from} -> ${to}`),
    '}',
  ].join('\n')
}
