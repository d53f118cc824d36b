/** Imports of a source text, type imports, re-exports, dynamic imports and worker URLs included. */
import { posix } from 'node:path'

const STATEMENT = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm
const BARE = /^\s*import\s*['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)/g
const WORKER = /\bnew URL\(\s*['"](\.[^'"]+\.ts)['"]\s*,\s*import\.meta\.url/g

/** Relative imports only, as paths from the repository's root. */
export function importsOf(path: string, text: string): string[] {
  const found = new Set<string>()
  for (const pattern of [STATEMENT, BARE, DYNAMIC, WORKER]) {
    for (const match of text.matchAll(pattern)) {
      if (match[1].startsWith('.')) found.add(posix.join(posix.dirname(path), match[1]))
    }
  }
  return [...found]
}

export type ImportGraph = ReadonlyMap<string, readonly string[]>

/** Files that import each other in circles (strongly connected components of more than one file), each sorted. */
export function circlesOf(graph: ImportGraph): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next)
        low.set(node, Math.min(low.get(node)!, low.get(next)!))
      } else if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, index.get(next)!))
    }
    if (low.get(node) !== index.get(node)) return
    const component = stack.splice(stack.indexOf(node)).sort()
    if (component.length > 1 || (graph.get(node) ?? []).includes(node)) circles.push(component)
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return circles
}

/** Files that nothing but tests reaches from the entry points. */
export function deadFiles(graph: ImportGraph, entries: readonly string[]): string[] {
  const alive = new Set<string>()
  const queue = entries.filter((entry) => graph.has(entry))
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (alive.has(next)) continue
    alive.add(next)
    queue.push(...(graph.get(next) ?? []))
  }
  return [...graph.keys()].filter((path) => !alive.has(path)).sort()
}
