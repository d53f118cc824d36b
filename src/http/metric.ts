/** One metric with its samples, as Prometheus reads them. */
export interface Metric {
  /** `millrace_…`, with the unit as suffix (`_bytes`, `_seconds`, `_total`). */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly samples: readonly MetricSample[]
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** The text exposition format, version 0.0.4. */
export function formatMetrics(metrics: readonly Metric[]): string {
  let text = ''
  for (const { name, help, type, samples } of metrics) {
    text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`
    for (const { labels, value } of samples) text += `${name}${formatLabels(labels)} ${formatValue(value)}\n`
  }
  return text
}

function formatLabels(labels: MetricSample['labels']): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
