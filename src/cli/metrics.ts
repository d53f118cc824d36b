import type { LiveEngine } from '../engine/engine.ts'
import type { Metric, MetricSample } from '../http/metric.ts'
import type { WireServer } from '../wire/server.ts'

/** What /metrics shows. */
export function collectMetrics(engine: LiveEngine, wire: WireServer): Metric[] {
  const { world } = engine
  const storage = engine.storage()
  const name = (id: number) => world.catalog.byId(id)?.name ?? String(id)
  const views = [...world.views.values()].filter((v) => v.id > 0)
  const perView = (value: (v: (typeof views)[number]) => number): MetricSample[] =>
    views.map((v) => ({ labels: { view: name(v.id) }, value: value(v) }))
  const offsets: MetricSample[] = []
  const deadLetters: MetricSample[] = []
  for (const [id, source] of world.sources) {
    for (const [partition, offset] of source.positions) {
      const labels = { source: name(id), partition: String(partition) }
      offsets.push({ labels, value: offset })
      deadLetters.push({ labels, value: source.deadLettersOf(partition) })
    }
  }
  const one = (value: number): MetricSample[] => [{ value }]
  return [
    { name: 'millrace_tick', help: 'Number of the newest tick', type: 'counter', samples: one(world.tick) },
    {
      name: 'millrace_safe_mode',
      help: 'Whether the dataflows are paused before a tick that cannot be run',
      type: 'gauge',
      samples: one(world.safeMode === null ? 0 : 1),
    },
    { name: 'millrace_connections', help: 'Open client connections', type: 'gauge', samples: one(wire.connections()) },
    {
      name: 'millrace_checkpoints_total',
      help: 'Checkpoints published since the start',
      type: 'counter',
      samples: one(storage.checkpoints),
    },
    {
      name: 'millrace_checkpoint_bytes_total',
      help: 'Bytes of state written by checkpoints since the start',
      type: 'counter',
      samples: one(storage.checkpointBytes),
    },
    {
      name: 'millrace_compactions_total',
      help: 'Compactions since the start',
      type: 'counter',
      samples: one(storage.compactions),
    },
    {
      name: 'millrace_view_rows',
      help: 'Rows of a materialized view',
      type: 'gauge',
      samples: perView((v) => v.output.rows.rows),
    },
    {
      name: 'millrace_view_errors',
      help: 'Error rows of a materialized view',
      type: 'gauge',
      samples: perView((v) => v.output.errors.rows),
    },
    {
      name: 'millrace_view_state_bytes',
      help: 'Bytes of operator state of a materialized view',
      type: 'gauge',
      samples: perView((v) => v.bytes()),
    },
    {
      name: 'millrace_view_ready',
      help: 'Whether a materialized view can be read',
      type: 'gauge',
      samples: perView((v) => Number(v.ready)),
    },
    { name: 'millrace_source_offset', help: 'Next offset of a source partition', type: 'gauge', samples: offsets },
    {
      name: 'millrace_source_dead_letters',
      help: 'Records of a source partition that could not be read',
      type: 'gauge',
      samples: deadLetters,
    },
    {
      name: 'millrace_source_records_total',
      help: 'Records fetched by the live feed since the start',
      type: 'counter',
      samples: [...world.sources].map(([id, s]) => ({ labels: { source: name(id) }, value: s.fetched })),
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory',
      type: 'gauge',
      samples: one(process.memoryUsage.rss()),
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'CPU time of the process',
      type: 'counter',
      samples: one((process.cpuUsage().user + process.cpuUsage().system) / 1e6),
    },
  ]
}
