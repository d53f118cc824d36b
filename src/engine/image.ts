import { canonicalJson, parseCanonicalJson } from '../base/canonical-json.ts'
import { Catalog } from '../catalog/catalog.ts'
import type { CatalogEntry } from '../catalog/entry.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { ResumePoint, ViewRuntime } from './view.ts'
import type { WatermarksImage } from './watermarks.ts'
import type { World } from './world.ts'

/**
 * The engine's part of a checkpoint: everything but the rows. Published in one transaction with the generation that
 * holds them. Plans are stored as rendered: a restart renders them unchanged, whatever a newer planner would choose.
 */
export interface Image {
  readonly formatVersion: typeof IMAGE_VERSION
  readonly timestampMs: number
  readonly nowMicros: number
  readonly reservedMs: number
  readonly catalogVersion: number
  readonly nextObjectId: number
  readonly entries: readonly CatalogEntry[]
  readonly views: readonly ViewImage[]
  readonly sources: readonly SourceImage[]
  /** Event times by object; left out where there is none. */
  readonly watermarks?: readonly (readonly [number, WatermarksImage])[]
  /** Object → timestamp after which its delta log has every change. */
  readonly logs: readonly (readonly [number, number])[]
  /** Rows of all state: how far a start is. */
  readonly stateRows?: number
}

export const IMAGE_VERSION = 2

export interface ViewImage {
  readonly id: number
  readonly plan: PhysicalPlan
  /** How it is run, where parts are read from results of other views. Those may have no catalog entry any more. */
  readonly running?: PhysicalPlan
  readonly resultOf?: number
  /** Where it began to read streams; missing: not known, and not equal to any other. */
  readonly starts?: OffsetsBySource
  readonly onError: 'poison' | 'divert'
  /** See ViewRuntime.generation; missing: 0. */
  readonly generation?: number
  /** A view that was still hydrating has no state, unless there is `hydrating`: it hydrates anew. */
  readonly hydrated: boolean
  /** Where hydration goes on: what is still to be read of streams. Other relations are through. */
  readonly hydrating?: { readonly read: OffsetsBySource; readonly done: number }
  /** While catching up, or to be caught up with after hydration. */
  readonly targets: OffsetsBySource
  readonly shares: boolean
  readonly skippedErrors: readonly (readonly [string, number, number?])[]
}

/** source → partition → offset. */
export type OffsetsBySource = readonly (readonly [number, readonly (readonly [number, number])[]])[]

export interface SourceImage {
  readonly id: number
  readonly positions: readonly (readonly [number, number])[]
  readonly startVector: readonly (readonly [number, number])[]
  /** What the positions belong to: the topic's id. */
  readonly identity: string | null
}

/** System relations of the server itself are made by the build, not stored. */
export function imageOf(world: World, stateRows: number): Image {
  const catalog = world.catalog
  return {
    formatVersion: IMAGE_VERSION,
    timestampMs: world.clock.lastMs,
    nowMicros: world.clock.lastNowMicros,
    reservedMs: world.clock.reservedMs,
    catalogVersion: catalog.version,
    nextObjectId: catalog.nextId,
    entries: [...catalog.all()].filter((e) => !world.isBuiltIn(e)),
    views: [...world.views.values()].filter((view) => view.id > 0).map(viewImage),
    sources: [...world.sources.values()].map((source) => ({
      id: source.entry.id,
      positions: [...source.positions],
      startVector: [...source.startVector],
      identity: source.identity,
    })),
    ...(world.watermarks.size === 0
      ? {}
      : { watermarks: [...world.watermarks].map(([id, of]) => [id, of.image()] as const) }),
    logs: [...world.views.values(), ...[...world.tableLogs].map(([id, log]) => ({ id, log }))]
      .filter(({ id }) => id > 0)
      .map(({ id, log }) => [id, log.sinceMs] as const),
    stateRows,
  }
}

function viewImage(view: ViewRuntime): ViewImage {
  const { id, plan, running, resultOf, starts, onError, live, shares, output, state } = view
  const resume = state.kind === 'hydrating' ? (state.resume ?? null) : null
  return {
    id,
    plan,
    ...(running === plan ? {} : { running }),
    ...(resultOf === null ? {} : { resultOf }),
    starts: offsets(starts),
    ...(view.generation === 0 ? {} : { generation: view.generation }),
    onError,
    hydrated: live,
    shares,
    skippedErrors: output.handedOn.image(),
    targets: offsets(state.kind === 'catching up' ? state.targets : (resume?.targets ?? NONE)),
    ...(state.kind === 'hydrating' && resume !== null
      ? { hydrating: { read: offsets(resume.read), done: state.done } }
      : {}),
  }
}

const NONE: ResumePoint['read'] = new Map()

const offsets = (of: ResumePoint['read']): OffsetsBySource =>
  [...of].map(([source, positions]) => [source, [...positions]] as const)

/** As the running engine has them. */
export const offsetMaps = (of: OffsetsBySource): Map<number, Map<number, number>> =>
  new Map(of.map(([source, positions]) => [source, new Map(positions)]))

/** What a stored view is made of, for `buildView`. */
export const viewSpec = (view: ViewImage) => ({
  id: view.id,
  plan: view.plan,
  running: view.running ?? view.plan,
  resultOf: view.resultOf ?? null,
  starts: offsetMaps(view.starts ?? []),
  generation: view.generation ?? 0,
  onError: view.onError,
})

export function encodeImage(image: Image): Uint8Array {
  return Buffer.from(canonicalJson(image))
}

export function decodeImage(bytes: Uint8Array): Image {
  const text = Buffer.from(bytes).toString()
  const image = parseCanonicalJson(text) as Image
  const found: number = image.formatVersion
  // Version 1 kept character(n) without the blanks at its end, and is the same in all else.
  if (found === IMAGE_VERSION || (found === 1 && !text.includes('"bpchar"'))) return image
  const why = found === 1 ? ', and version 1 only without columns and values of type character(n)' : ''
  throw new Error(`the data directory has format version ${found}, this build reads ${IMAGE_VERSION}${why}`)
}

export function catalogOf(image: Image | null, builtIn: readonly CatalogEntry[]): Catalog {
  return Catalog.of([...builtIn, ...(image?.entries ?? [])], image?.catalogVersion ?? 0, image?.nextObjectId)
}
