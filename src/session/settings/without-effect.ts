import { type SettingDefinition, text } from './definition.ts'

/**
 * Settings of neighbours that can be set and change nothing here: each says how its system reaches a result, and none of
 * them which result. A setting that could change a result, an error or what is visible is not in this table and stays
 * unknown (42704): `batch_expr_strict_mode` makes NULLs of errors, `upsert_dml` replaces rows, `backfill_rate_limit` may
 * stop a view from being filled, `database` changes what names mean.
 */
const GROUPS: readonly {
  readonly of: string
  readonly names: readonly string[]
  /** Why it cannot matter: the DETAIL of the notice. */
  readonly why: string
}[] = [
  {
    of: 'RisingWave',
    names: [
      'batch_parallelism',
      'streaming_parallelism',
      'streaming_max_parallelism',
      'streaming_parallelism_for_table',
    ].concat(['index', 'materialized_view', 'sink', 'source'].map((what) => `streaming_parallelism_for_${what}`)),
    // Results are the same for any number of workers, there as here.
    why: 'The dataflow runs on one thread.',
  },
  {
    of: 'RisingWave',
    // The name before it was prefixed. `off` makes no promise when a write is seen; here it is seen at once.
    names: ['implicit_flush'],
    why: 'A write is visible once it is acknowledged.',
  },
  {
    of: 'RisingWave',
    // "checkpoint" shows durable writes only, "all" may show more: what is visible here is durable.
    names: ['visibility_mode'],
    why: 'What is visible is durable.',
  },
  {
    of: 'RisingWave',
    // Where a query runs; or whether CREATE waits for what a reader would wait for.
    names: ['query_mode', 'background_ddl'],
    why: 'There is one server; who reads a view waits until it is there.',
  },
  {
    of: 'RisingWave',
    // Choices between plans of equal meaning.
    names: [
      'enable_two_phase_agg',
      'enable_share_plan',
      'force_two_phase_agg',
      'force_split_distinct_agg',
      'enable_join_ordering',
      'batch_enable_lookup_join',
      'batch_enable_sort_agg',
      'batch_enable_distributed_dml',
      'streaming_enable_arrangement_backfill',
      'streaming_enable_bushy_join',
      'streaming_enable_delta_join',
      'streaming_enable_unaligned_join',
      'streaming_use_arrangement_backfill',
      'streaming_use_snapshot_backfill',
      // jsonb may be the key of a stream anyway.
      'streaming_allow_jsonb_in_stream_key',
    ].flatMap((name) => [name, `rw_${name}`]),
    why: 'The plan is chosen without it.',
  },
  {
    of: 'Materialize',
    // Which machines compute; nothing is named by a cluster but clusters.
    names: ['cluster', 'cluster_replica'],
    why: 'There are no clusters: one server runs everything.',
  },
  {
    of: 'Materialize',
    names: ['auto_route_catalog_queries', 'welcome_message', 'statement_logging_sample_rate'],
    why: 'There is nothing that it would choose.',
  },
  {
    of: 'PostgreSQL',
    // Costs and permissions of plans of equal meaning.
    names: [
      ...['bitmapscan', 'gathermerge', 'hashagg', 'hashjoin', 'incremental_sort', 'indexonlyscan', 'indexscan'],
      ...['material', 'memoize', 'mergejoin', 'nestloop', 'parallel_append', 'parallel_hash', 'partition_pruning'],
      ...['partitionwise_aggregate', 'partitionwise_join', 'seqscan', 'sort', 'tidscan'],
    ]
      .map((what) => `enable_${what}`)
      .concat(['cpu_index_tuple_cost', 'cpu_operator_cost', 'cpu_tuple_cost', 'parallel_setup_cost'])
      .concat(['parallel_tuple_cost', 'random_page_cost', 'seq_page_cost', 'effective_cache_size'])
      .concat(['effective_io_concurrency', 'from_collapse_limit', 'join_collapse_limit', 'geqo', 'geqo_threshold'])
      .concat(['constraint_exclusion', 'cursor_tuple_fraction', 'default_statistics_target', 'plan_cache_mode', 'jit']),
    why: 'The plan is chosen without it.',
  },
  {
    of: 'PostgreSQL',
    // How much memory an operation takes before it goes to disk, and how many workers share it.
    names: ['hash_mem_multiplier', 'maintenance_work_mem', 'temp_buffers', 'work_mem']
      .concat(['max_parallel_maintenance_workers', 'max_parallel_workers', 'max_parallel_workers_per_gather'])
      .concat(['min_parallel_index_scan_size', 'min_parallel_table_scan_size', 'parallel_leader_participation']),
    why: 'Operators keep what they need in memory, on one thread.',
  },
]

export interface WithoutEffect extends SettingDefinition {
  /** The system whose setting it is. */
  readonly of: string
}

const BY_NAME: ReadonlyMap<string, WithoutEffect> = new Map(
  GROUPS.flatMap(({ of, names, why }) =>
    names.map((name) => [name, { name, default: 'default', description: why, parse: text, of }]),
  ),
)

export const withoutEffect = (name: string): WithoutEffect | undefined => BY_NAME.get(name.toLowerCase())
