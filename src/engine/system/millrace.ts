import type { OperatorBase } from '../../dataflow/operator.ts'
import { ChangesInput } from '../../dataflow/operators/changes.ts'
import { numericFromInt } from '../../types/numeric.ts'
import { BOOL, FLOAT8, INT4, INT8, NUMERIC, TEXT } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Row } from '../../types/value.ts'
import { newestFingerprint } from '../replan.ts'
import { resultReaders } from '../result-sharing.ts'
import type { ViewRuntime } from '../view.ts'
import type { World } from '../world.ts'
import { column } from './columns.ts'
import { LATE_ROWS } from './late-rows.ts'
import { nameOf, schemaOf } from './names.ts'
import type { SystemRelation } from './relation.ts'
import { structureGrowth, structureOwner } from './state-growth.ts'
import { lagsOf } from './view-lag.ts'

/** The server about itself: state of views and sources, storage, plans. */
export const MILLRACE_RELATIONS: readonly SystemRelation[] = [
  {
    schema: 'millrace',
    name: 'view_status',
    rowType: [
      column('view', TEXT),
      column('state', TEXT),
      column('tick', INT8),
      column('mz_timestamp', NUMERIC),
      column('rows', INT8),
      column('errors', INT8),
      column('last_error', TEXT),
      column('lag_rows', INT8),
      column('state_bytes', INT8),
      column('runs', INT8),
      column('lag_ms', INT8),
      column('cpu_ms', FLOAT8),
    ],
    *rows({ world }) {
      for (const view of world.views.values()) {
        if (view.entry === null) continue
        const poison = view.poison()
        const lags = [...lagsOf(world, view.id).values()]
        yield [
          nameOf(world, view.id),
          stateOf(world, view),
          world.tick,
          numericFromInt(world.clock.lastMs),
          view.output.rows.rows,
          view.output.errors.rows,
          view.failure?.message ?? pausedError(world, view.id) ?? (poison === null ? null : (poison[1] as string)),
          lags.reduce((sum, { rows }) => sum + rows, 0),
          view.bytes(),
          view.runs,
          Math.max(0, ...lags.map(({ ms }) => ms)),
          rounded(view.cpuMs()),
        ]
      }
    },
  },
  {
    schema: 'millrace',
    name: 'watermarks',
    rowType: [
      column('source', TEXT),
      column('partition', INT4),
      column('watermark', TEXT),
      column('idle', BOOL),
      column('event_time_max', TEXT),
      column('late_rows', INT8),
      column('source_watermark', TEXT),
      column('schema', TEXT),
    ],
    *rows({ world }) {
      for (const [id, { partitions, type, current }] of world.watermarks) {
        const schema = schemaOf(world, id)
        const text = (value: number | null) => (value === null ? null : formatText(value, { kind: type.kind }))
        for (const partition of [...partitions.keys()].sort((a, b) => a - b)) {
          const { watermark, idle, eventMax, late } = partitions.get(partition)!
          yield [nameOf(world, id), partition, text(watermark), idle, text(eventMax), late, text(current), schema]
        }
        if (partitions.size === 0) yield [nameOf(world, id), null, null, null, null, 0, text(current), schema]
      }
    },
  },
  LATE_ROWS,
  {
    schema: 'millrace',
    name: 'source_status',
    rowType: [
      column('source', TEXT),
      column('state', TEXT),
      column('error', TEXT),
      column('partition', INT4),
      column('committed_offset', INT8),
      column('end_offset', INT8),
      column('lag', INT8),
      column('fetched', INT8),
      column('dead_letters', INT8),
      column('duplicates', INT8),
    ],
    *rows({ world }) {
      for (const [id, source] of world.sources) {
        const { status } = source
        const resting = world.safeMode === null ? 'idle' : 'paused'
        const state = source.live ? status.state : status.state === 'failed' ? 'failed' : resting
        const error = status.state === 'stalled' || status.state === 'failed' ? status.error : null
        // Also those that have been added and whose first record is still to come: they are read from their beginning.
        const ends = status.state === 'running' ? status.endOffsets : new Map<number, number>()
        const known = new Set([...source.positions.keys(), ...ends.keys()])
        const partitions: (number | null)[] = [...known].sort((a, b) => a - b)
        for (const partition of partitions.length === 0 ? [null] : partitions) {
          const position = partition === null ? null : (source.positions.get(partition) ?? 0)
          const end = partition === null ? null : (ends.get(partition) ?? null)
          const lag = position === null || end === null ? null : Math.max(0, end - position)
          yield [
            nameOf(world, id),
            state,
            error,
            partition,
            position,
            end,
            lag,
            source.fetched,
            partition === null ? source.deadLetters.rows : source.deadLettersOf(partition),
            source.input instanceof ChangesInput ? source.input.duplicates : 0,
          ]
        }
      }
    },
  },
  {
    schema: 'millrace',
    name: 'hydration',
    rowType: [
      column('view', TEXT),
      column('hydrated', BOOL),
      column('rows_done', INT8),
      column('rows_total', INT8),
      column('percent', FLOAT8),
      column('fetched', INT8),
    ],
    *rows({ world }) {
      for (const view of world.views.values()) {
        if (view.entry === null) continue
        const { state } = view
        const hydrating = state.kind === 'hydrating'
        // A stream's total is an estimate.
        const percent = hydrating
          ? state.total
            ? Math.min(100, Math.round((1000 * state.done) / state.total) / 10)
            : null
          : 100
        yield [
          nameOf(world, view.id),
          view.ready,
          hydrating ? state.done : null,
          hydrating ? state.total : null,
          percent,
          view.fetched,
        ] satisfies Datum[]
      }
    },
  },
  {
    schema: 'millrace',
    name: 'plans',
    rowType: [
      column('view', TEXT),
      column('fingerprint', TEXT),
      column('newest_fingerprint', TEXT),
      column('differs', BOOL),
      column('operators', INT8),
    ],
    *rows({ world }) {
      for (const view of world.views.values()) {
        if (view.id < 0 || view.entry === null) continue
        const newest = newestFingerprint(world, view.entry)
        yield [
          nameOf(world, view.id),
          view.plan.fingerprint,
          newest,
          newest !== view.plan.fingerprint,
          view.plan.nodes.length,
        ]
      }
    },
  },
  {
    schema: 'millrace',
    name: 'operator_state',
    rowType: [
      column('view', TEXT),
      column('operator', TEXT),
      column('sql', TEXT),
      column('rows', INT8),
      column('bytes', INT8),
      column('growth', TEXT),
      column('object', TEXT),
      column('structure', TEXT),
      column('shared_by', TEXT),
      column('cpu_ms', FLOAT8),
      column('schema', TEXT),
    ],
    *rows({ world }) {
      for (const view of world.views.values()) {
        if (view.id < 0) continue
        const schema = schemaOf(world, view.id)
        const readers = names(world, resultReaders(world, view.id))
        for (const operator of view.rendered.operators) {
          for (const { id, rows, bytes } of figures(operator)) {
            const name = nameOf(world, view.id)
            const owner = structureOwner(view, id)
            const growth = structureGrowth(view, id)
            const cpu = rounded(operator.spentMs)
            yield [name, owner.operator, owner.sql, rows, bytes, growth, name, id, readers, cpu, schema]
          }
        }
      }
      for (const { object, arrangement, users, spentMs } of world.sharing.list()) {
        const { id, rows } = arrangement
        const sharedBy = names(
          world,
          [...users].map((user) => Number.parseInt(user, 10)),
        )
        const cpu = rounded(spentMs)
        const bytes = arrangement.bytes()
        const name = nameOf(world, object)
        yield [null, 'arrange', null, rows, bytes, 'unbounded', name, id, sharedBy, cpu, schemaOf(world, object)]
      }
      for (const [id, { rows, eventTime, life }] of world.tables) {
        const growth = life === null ? 'unbounded' : 'window-bounded'
        const schema = schemaOf(world, id)
        for (const held of [rows, ...(eventTime === null ? [] : [eventTime.rows]), ...(life?.state() ?? [])])
          yield [null, 'table', null, held.rows, held.bytes(), growth, nameOf(world, id), held.id, null, null, schema]
      }
    },
  },
  {
    schema: 'millrace',
    name: 'server_status',
    rowType: [
      column('state', TEXT),
      column('tick', INT8),
      column('failed_tick', INT8),
      column('view', TEXT),
      column('operator', TEXT),
      column('error', TEXT),
    ],
    *rows({ world }) {
      const failure = world.safeMode
      if (failure === null) yield ['running', world.tick, null, null, null, null]
      else yield ['safe mode', world.tick, failure.tick, failure.view, failure.operator, failure.error]
    },
  },
  {
    schema: 'millrace',
    name: 'storage',
    rowType: [column('name', TEXT), column('value', NUMERIC)],
    *rows({ world, storage }): Iterable<Row> {
      const figures = storage()
      yield ['tick', numericFromInt(world.tick)]
      for (const [name, value] of Object.entries(figures)) yield [snake(name), numericFromInt(Math.round(value))]
    },
  },
]

function stateOf(world: World, view: ViewRuntime): string {
  if (view.failure !== null) return 'failed'
  return world.safeMode === null ? view.state.kind : 'paused'
}

/** Of the view that safe mode is about. */
function pausedError(world: World, id: number): string | null {
  return world.safeMode?.object === id ? world.safeMode.error : null
}

/** What an operator holds. */
function figures(operator: OperatorBase): { readonly id: string; readonly rows: number; readonly bytes: number }[] {
  return operator.state().map((structure) => ({ id: structure.id, rows: structure.rows, bytes: structure.bytes() }))
}

function names(world: World, views: readonly number[]): string | null {
  const known = views.map((id) => nameOf(world, id)).filter((name) => name !== null)
  return known.length === 0 ? null : known.sort().join(', ')
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)
