import { buildView } from './build-view.ts'
import { startSource } from './ddl/create-source.ts'
import { startTable } from './ddl/create-table.ts'
import { type Image, offsetMaps, type ViewImage, viewSpec } from './image.ts'
import type { IndexLookup } from './indexes.ts'
import { linkForeignKeys } from './link-foreign-keys.ts'
import { startMerged } from './merged-rows.ts'
import type { ViewState } from './view.ts'
import type { ConnectorFactory, World } from './world.ts'

/**
 * Running objects as the catalog and the stored plans say, in the order in which they were made. Views that begin anew are
 * made by who lets them begin; in safe mode nobody does, and the next checkpoint must not forget them.
 */
export function rebuild(world: World, indexes: IndexLookup, image: Image, connectors: ConnectorFactory): void {
  const views = new Map(image.views.map((v) => [v.id, v]))
  const sources = new Map(image.sources.map((s) => [s.id, s]))
  const entries = new Map([...world.catalog.all()].map((e) => [e.id, e]))
  // Views that were dropped while others read their results have no entry.
  for (const id of [...new Set([...entries.keys(), ...views.keys()])].sort((a, b) => a - b)) {
    const entry = entries.get(id)
    const view = views.get(id)
    if (entry?.kind === 'materializedView') startMerged(world, entry.merged ?? [])
    if (view !== undefined && (!beginsAnew(view) || world.safeMode !== null)) {
      const targets = offsetMaps(view.targets)
      const read = offsetMaps(view.hydrating?.read ?? [])
      const state: ViewState = !view.hydrated
        ? { kind: 'hydrating', done: 0, total: null, resume: view.hydrating === undefined ? null : { read, targets } }
        : targets.size > 0
          ? { kind: 'catching up', targets }
          : { kind: 'ready' }
      const built = buildView(world, {
        ...viewSpec(view),
        entry: entry?.kind === 'materializedView' ? entry : null,
        dropped: entry === undefined,
        shares: view.shares && !beginsAnew(view),
        state,
      })
      built.output.handedOn.restore(view.skippedErrors)
      if (!beginsAnew(view)) for (const { object, gate } of built.gates) if (!read.has(object)) gate.open()
      if (built.shares) built.rendered.connect()
    } else if (entry === undefined) continue
    else if (entry.kind === 'table' && entry.fedBy === null) startTable({ world }, entry)
    else if (entry.kind === 'source') {
      const source = startSource({ world }, entry, connectors(entry.connector, entry.rowType))
      const known = sources.get(entry.id)
      for (const [partition, offset] of known?.positions ?? []) source.positions.set(partition, offset)
      source.identity = known?.identity ?? null
      for (const [partition, offset] of known?.startVector ?? []) source.startVector.set(partition, offset)
    } else if (entry.kind === 'index') indexes.add(entry, false)
  }
  for (const { state } of world.views.values()) {
    const targets =
      state.kind === 'catching up' ? state.targets : state.kind === 'hydrating' ? state.resume?.targets : []
    for (const [object, ends] of targets ?? []) world.sources.get(object)?.catchUp.aim(ends)
  }
  linkForeignKeys(world, false)
}

/** It had not got so far that a restart could go on. */
export const beginsAnew = (view: ViewImage): boolean => !view.hydrated && view.hydrating === undefined
