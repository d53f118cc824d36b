/** The directives of sources that are stubs: `feed`, `schema`, `topic`. */
import { type Cursor, SltSyntaxError } from './cursor.ts'
import type { FeedRecord, Place, SchemaRecord, TopicRecord } from './record.ts'

const FEED = /^\s*feed\s+(\S+)(?:\s+partition\s+(\d+))?(\s+keyed)?(?:\s+at\s+(\S.*?))?\s*$/

export function readFeed(
  cursor: Cursor,
  line: string,
): Pick<FeedRecord, 'source' | 'partition' | 'keyed' | 'atMs' | 'lines'> {
  const place = cursor.place()
  const match = FEED.exec(line)
  if (match === null) throw new SltSyntaxError(place, 'feed needs: SOURCE [partition N] [keyed] [at TIME]')
  const [, source, partition = '0', keyed, at] = match
  return {
    source,
    partition: Number(partition),
    keyed: keyed !== undefined,
    atMs: at === undefined ? null : timeOf(at, place),
    lines: cursor.block(),
  }
}

/** Without a zone it is UTC. */
function timeOf(text: string, place: Place): number {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?\s*(Z|[+-]\d{2}:\d{2})?$/.exec(text)
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? 'Z'}`)
  if (Number.isNaN(ms)) throw new SltSyntaxError(place, `"${text}" is no time (2030-01-01 12:00:00)`)
  return ms
}

const TYPES: Readonly<Record<string, SchemaRecord['type']>> = { avro: 'AVRO', protobuf: 'PROTOBUF', json: 'JSON' }

export function readSchema(cursor: Cursor, line: string): Pick<SchemaRecord, 'subject' | 'type' | 'file' | 'text'> {
  const place = cursor.place()
  const [, subject, ...rest] = line.trim().split(/\s+/)
  const type = TYPES[rest[0] ?? ''] === undefined ? null : TYPES[rest.shift()!]
  if (subject === undefined || rest.length > 1) {
    throw new SltSyntaxError(place, 'schema needs: SUBJECT [avro|protobuf|json] [FILE]')
  }
  const [file = null] = rest
  return { subject, type, file, text: file === null ? cursor.block().join('\n') : '' }
}

export function readTopic(line: string, place: Place): Pick<TopicRecord, 'name' | 'partitions'> {
  const [, name, partitions] = /^\s*topic\s+(\S+)\s+([1-9]\d{0,3})\s*$/.exec(line) ?? []
  if (name === undefined) throw new SltSyntaxError(place, 'topic needs: NAME PARTITIONS')
  return { name, partitions: Number(partitions) }
}
