import { SqlError } from '../../base/sql-error.ts'
import { KafkaError, type KafkaTransport, type TopicMetadata } from './transport.ts'

/** The topic is no longer the one whose offsets we hold: the reader ends, never resets. */
export class TopicLost extends SqlError {
  constructor(message: string, hint: string) {
    super('58000', message, { hint })
    this.name = 'TopicLost'
  }
}

/** A broker that just started may not know its topics yet: a topic is gone when it was missing this many times in a row. */
export const MISSING_MAX = 4

export function recreated(topic: string): TopicLost {
  return new TopicLost(
    `topic "${topic}" was deleted and made anew: its offsets are not those that were read`,
    'Drop the source and create it again to read the new topic.',
  )
}

export function deleted(topic: string): TopicLost {
  return new TopicLost(`topic "${topic}" was deleted`, 'Drop the source, or create the topic and the source again.')
}

/** What an out-of-range answer means. Null: it is in range by now, try again. */
export async function outOfRange(
  transport: KafkaTransport,
  topic: TopicMetadata,
  partition: number,
  position: number,
): Promise<TopicLost | null> {
  const earliest = (await transport.listOffsets(topic, [partition], 'earliest')).get(partition)
  const latest = (await transport.listOffsets(topic, [partition], 'latest')).get(partition)
  if (earliest === undefined || latest === undefined) throw new KafkaError('retry', '58000', 'no offsets returned')
  const where = `partition ${partition} of topic "${topic.name}"`
  if (position < earliest) {
    return new TopicLost(
      `${where} was truncated: it begins at offset ${earliest}, records ${position} to ${earliest - 1} were not read and are gone`,
      'Views over the source keep what they have. Create the source again to read from where the topic begins now.',
    )
  }
  if (position > latest) {
    return new TopicLost(
      `${where} ends at offset ${latest}, before offset ${position} that was read to: the topic was made anew or lost records`,
      'Create the source again to read the topic as it is.',
    )
  }
  return null
}
