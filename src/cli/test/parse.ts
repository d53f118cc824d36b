/** Text of an slt file → records. The union of the SQLite, risinglight and RisingWave directives. */
import { Cursor, SltSyntaxError } from './cursor.ts'
import {
  readClock,
  readErrorInline,
  readErrorText,
  readRetry,
  readSleepMs,
  readSubscribe,
  readWatermark,
} from './parse-parts.ts'
import { readFeed, readSchema, readTopic } from './parse-stub.ts'
import type { Condition, ControlRecord, Place, QueryRecord, SltRecord, SortMode, StatementRecord } from './record.ts'

export function parseSlt(text: string, file: string): SltRecord[] {
  return parseBlock(new Cursor(text, file), false)
}

function parseBlock(cursor: Cursor, inLoop: boolean): SltRecord[] {
  const records: SltRecord[] = []
  let conditions: Condition[] = []
  let connection: string | null = null
  for (;;) {
    const line = cursor.next()
    if (line === null) {
      if (inLoop) throw new SltSyntaxError(cursor.place(), 'endloop is missing')
      return records
    }
    const words = line.trim().split(/\s+/)
    const head = words[0]
    if (head === '' || head.startsWith('#')) continue
    const place = cursor.place()
    const common = { place, conditions, connection, retry: null }
    switch (head) {
      case 'skipif':
      case 'onlyif':
        conditions = [...conditions, { kind: head, label: words[1] ?? '' }]
        continue
      case 'connection':
        connection = words[1] === 'default' ? null : (words[1] ?? null)
        continue
      case 'statement':
        records.push(parseStatement(cursor, line, common))
        break
      case 'query':
        records.push(parseQuery(cursor, line, common))
        break
      case 'let': {
        const names = line
          .trim()
          .slice(3)
          .split(',')
          .map((name) => name.trim())
        records.push({ ...common, kind: 'let', names, sql: cursor.sql().sql })
        break
      }
      case 'clock':
        records.push({ ...common, kind: 'clock', sql: readClock(line, place) })
        break
      case 'watermark':
        records.push({ ...common, kind: 'clock', sql: readWatermark(line, place) })
        break
      case 'crash':
      case 'restart':
        records.push({ ...common, kind: 'life', how: head })
        break
      case 'subscribe':
        records.push({ ...common, kind: 'subscribe', ...readSubscribe(cursor, line) })
        break
      case 'expect':
        records.push({ ...common, kind: 'expect', name: words[1] ?? '', lines: cursor.block() })
        break
      case 'feed':
        records.push({ ...common, kind: 'feed', ...readFeed(cursor, line) })
        break
      case 'schema':
        records.push({ ...common, kind: 'schema', ...readSchema(cursor, line) })
        break
      case 'topic':
        records.push({ ...common, kind: 'topic', ...readTopic(line, place) })
        break
      case 'run':
        records.push({ ...common, kind: 'run', file: line.trim().slice('run'.length).trim() })
        break
      case 'system':
        cursor.sql()
        records.push({ ...common, kind: 'refused', reason: '`system` runs shell commands and is refused' })
        break
      case 'control':
        records.push(parseControl(words, place))
        break
      case 'sleep':
        records.push({ kind: 'sleep', place, conditions, ms: readSleepMs(words[1] ?? '', place) })
        break
      case 'halt':
        records.push({ kind: 'halt', place, conditions })
        break
      case 'include':
        records.push({ kind: 'include', place, pattern: line.trim().slice('include'.length).trim() })
        break
      // The form of the expected result says whether it is hashed, and subtests only name what follows.
      case 'hash-threshold':
      case 'subtest':
        break
      case 'loop':
      case 'for':
      case 'foreach':
        records.push(...parseLoop(cursor, words).map((record) => under(conditions, record)))
        break
      case 'endloop':
      case 'endfor':
      case 'end':
        if (inLoop) return records
        throw new SltSyntaxError(place, `${head} without a loop`)
      default:
        // The rest of the file may still be read.
        cursor.sql()
        records.push({ ...common, kind: 'refused', reason: `unknown directive "${head}"` })
    }
    conditions = []
    connection = null
  }
}

type CommonFields = Pick<StatementRecord, 'place' | 'conditions' | 'connection' | 'retry'>

function parseStatement(cursor: Cursor, line: string, common: CommonFields): StatementRecord {
  const { rest, retry } = readRetry(line.trim().slice('statement'.length).trim(), common.place)
  const kind = /^\S*/.exec(rest)?.[0] ?? ''
  const argument = rest.slice(kind.length).trim()
  const { sql, separated } = cursor.sql()
  const record = { ...common, retry, kind: 'statement', sql } as const
  if (kind === 'error') {
    const error = separated ? readErrorText(cursor) : readErrorInline(argument)
    return { ...record, expect: { kind: 'error', error } }
  }
  // What a statement returns is of no interest: the lines are skipped.
  if (separated) cursor.block()
  if (kind === 'ok') return { ...record, expect: { kind: 'ok' } }
  if (kind === 'count' && /^\d+$/.test(argument))
    return { ...record, expect: { kind: 'count', count: Number(argument) } }
  throw new SltSyntaxError(common.place, `unknown form "statement ${rest}"`)
}

const SORT_MODES: readonly string[] = ['nosort', 'rowsort', 'valuesort'] satisfies SortMode[]

function parseQuery(cursor: Cursor, line: string, common: CommonFields): QueryRecord {
  const { rest, retry } = readRetry(line.trim().slice('query'.length).trim(), common.place)
  const { sql, separated } = cursor.sql()
  const record = { ...common, retry, kind: 'query', sql } as const
  if (/^error(\s|$)/.test(rest)) {
    const error = separated ? readErrorText(cursor) : readErrorInline(rest.slice('error'.length).trim())
    return { ...record, types: '', sort: null, label: null, expect: { kind: 'error', error } }
  }
  const words = rest === '' ? [] : rest.split(/\s+/)
  const types = words[0] !== undefined && !SORT_MODES.includes(words[0]) ? (words.shift() ?? '') : ''
  const sort = words[0] !== undefined && SORT_MODES.includes(words[0]) ? (words.shift() as SortMode) : null
  const label = words.shift() ?? null
  if (words.length > 0) throw new SltSyntaxError(common.place, `unexpected "${words.join(' ')}"`)
  const lines = separated ? cursor.block() : label === null ? [] : null
  return { ...record, types, sort, label, expect: { kind: 'rows', lines } }
}

function parseControl(words: readonly string[], place: Place): ControlRecord {
  const [, name, value] = words
  if (name === 'sortmode' && SORT_MODES.includes(value)) {
    return { kind: 'control', place, setting: { name, value: value as SortMode } }
  }
  if (name === 'resultmode' && (value === 'rowwise' || value === 'valuewise')) {
    return { kind: 'control', place, setting: { name, value } }
  }
  if (name === 'substitution' && (value === 'on' || value === 'off')) {
    return { kind: 'control', place, setting: { name, value: value === 'on' } }
  }
  throw new SltSyntaxError(place, `unknown control "${words.slice(1).join(' ')}"`)
}

/** What stands before a loop holds for all of its records. */
const under = (conditions: readonly Condition[], record: SltRecord): SltRecord =>
  'conditions' in record ? { ...record, conditions: [...conditions, ...record.conditions] } : record

/** `loop i 0 3`, `for i in a b`, `foreach i a b` … `endloop`: the body once per value, `${i}` replaced. */
function parseLoop(cursor: Cursor, words: readonly string[]): SltRecord[] {
  const place = cursor.place()
  const [head, name, ...rest] = words
  let values = rest[0] === 'in' ? rest.slice(1) : rest
  if (head === 'loop') {
    const [from, to] = rest.map(Number)
    if (!Number.isInteger(from) || !Number.isInteger(to)) throw new SltSyntaxError(place, 'loop needs: name from to')
    values = Array.from({ length: Math.max(0, to - from) }, (_, i) => String(from + i))
  }
  if (!name || values.length === 0) {
    cursor.loopBody()
    return []
  }
  const body = cursor.loopBody()
  return values.flatMap((value) => parseBlock(body.with(name, value), false))
}
