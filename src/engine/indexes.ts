import type { IndexEntry } from '../catalog/entry.ts'
import { OutputNode } from '../dataflow/output.ts'
import type { Arrangement, Matches } from '../state/contract.ts'
import { buildColumn } from '../types/column-build.ts'
import type { Row } from '../types/value.ts'
import type { World } from './world.ts'

/**
 * Secondary indexes: one more arrangement of a relation, kept by its index columns. And the way from a key to its rows,
 * through whichever arrangement has exactly those key columns.
 */
export class IndexLookup {
  readonly #world: World
  readonly #indexes = new Map<number, { readonly entry: IndexEntry; readonly node: OutputNode }>()
  readonly #matches: Matches = { n: 0, probe: new Int32Array(16), slot: new Int32Array(16) }

  constructor(world: World) {
    this.#world = world
  }

  /** Adds the index to the circuit; `fill` copies what the relation holds now (not when recovery fills it). */
  add(entry: IndexEntry, fill: boolean): void {
    const { circuit, states, views, tables } = this.#world
    // Kept with the table itself: its rows are compared while they are only staged.
    if (entry.unique) {
      tables.get(entry.on)?.addUnique(entry, states, fill)
      return
    }
    const edge = this.#world.edgeOf(entry.on)!
    const node = new OutputNode(
      { id: 0, position: -1, stateId: `${entry.id}/index`, key: entry.columns },
      edge.pipe(),
      states,
    )
    circuit.add([node])
    this.#indexes.set(entry.id, { entry, node })
    if (!fill) return
    const base = this.#world.tables.get(entry.on)?.read ?? views.get(entry.on)!.output.rows
    for (const batch of base.scan()) node.rows.apply(batch)
  }

  remove(id: number): void {
    for (const table of this.#world.tables.values()) table.dropUnique(id, this.#world.states)
    const index = this.#indexes.get(id)
    if (index === undefined) return
    this.#indexes.delete(id)
    this.#world.circuit.remove([index.node])
    for (const structure of index.node.state()) this.#world.states.drop(structure.id)
  }

  /** Changes of the last tick are of no use here: the relation itself published them. */
  afterTick(): void {
    for (const { node } of this.#indexes.values()) node.takeChanges()
  }

  lookup(object: number, columns: readonly number[], key: Row): { readonly row: Row; readonly diff: number }[] {
    const rows = this.#arrangement(object, columns)
    const probe = rows.key.map((c) => buildColumn(rows.types[c]!, [key[columns.indexOf(c)]!]))
    rows.probe(probe, 1, this.#matches)
    const found: { row: Row; diff: number }[] = []
    for (let i = 0; i < this.#matches.n; i++) {
      const slot = this.#matches.slot[i]!
      found.push({ row: rows.rowAt(slot), diff: rows.diff(slot) })
    }
    return found
  }

  #arrangement(object: number, columns: readonly number[]): Arrangement {
    const own = this.#world.tables.get(object)?.rows ?? this.#world.views.get(object)?.output.rows
    if (own !== undefined && sameSet(own.key, columns)) return own
    for (const [, { key, rows }] of this.#world.tables.get(object)?.uniques ?? [])
      if (sameSet(key.columns, columns)) return rows
    for (const { entry, node } of this.#indexes.values()) {
      if (entry.on === object && sameSet(entry.columns, columns)) return node.rows
    }
    throw new Error(`no arrangement of ${object} by columns ${columns.join(', ')}`)
  }
}

function sameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((c) => b.includes(c))
}
