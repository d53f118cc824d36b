import type { PartitionInfo, Positions, SourceConnector } from '../connectors/contract.ts'
import type { CallContext } from './api.ts'
import type { SourceRuntime } from './source.ts'

/** Where a stream that nobody read yet begins, and where it ended at that moment. */
export interface StreamStart {
  readonly from: ReadonlyMap<number, number>
  readonly ends: ReadonlyMap<number, number>
  readonly identity: string | null
}

export async function streamStart(connector: SourceConnector): Promise<StreamStart> {
  const partitions = await connector.partitions()
  const [from, identity] = await Promise.all([connector.startPositions(), connector.identity()])
  return { from, ends: new Map(partitions.map((p) => [p.partition, p.endOffset])), identity }
}

/** Start offsets as far as the topic still holds them; says from where on when its beginning is gone. */
export function present(
  source: SourceRuntime,
  partitions: readonly PartitionInfo[],
  wanted: Positions,
  notice: CallContext['notice'],
): Map<number, number> {
  const from = new Map(wanted)
  const gone: string[] = []
  for (const { partition, firstOffset } of partitions) {
    const start = from.get(partition)
    if (start === undefined || start >= firstOffset) {
      if (firstOffset > 0 && start === firstOffset) gone.push(`${partition} from offset ${firstOffset} on`)
      continue
    }
    from.set(partition, firstOffset)
    gone.push(`${partition} from offset ${firstOffset} on`)
  }
  const { options } = source.entry.connector.transport
  const chosen =
    options['start mode'] === 'latest' || options['start offset'] != null || options['start timestamp'] != null
  if (gone.length > 0 && !chosen) {
    const message = `source "${source.entry.name}" no longer holds its beginning`
    notice({
      severity: 'NOTICE',
      sqlstate: '00000',
      message,
      detail: `Read are partition ${gone.join(', partition ')}.`,
    })
  }
  return from
}
