import { unreachable } from '../../base/assert.ts'
import type { AvroCursor } from './cursor.ts'
import type { AvroType } from './schema.ts'

/** Passes over a value that nobody reads. */
export function skip(cursor: AvroCursor, type: AvroType): void {
  switch (type.kind) {
    case 'null':
      return
    case 'boolean':
      cursor.take(1)
      return
    case 'int':
    case 'long':
    case 'enum':
      cursor.long()
      return
    case 'float':
      cursor.take(4)
      return
    case 'double':
      cursor.take(8)
      return
    case 'bytes':
    case 'string':
      cursor.take(cursor.length())
      return
    case 'fixed':
      cursor.take(type.size)
      return
    case 'array':
      cursor.items(() => skip(cursor, type.items))
      return
    case 'map':
      cursor.items(() => {
        cursor.take(cursor.length())
        skip(cursor, type.values)
      })
      return
    case 'union':
      skip(cursor, type.branches[cursor.branch(type.branches.length)])
      return
    case 'record':
      cursor.enter()
      for (const field of type.fields) skip(cursor, field.type)
      cursor.depth--
      return
    default:
      unreachable(type)
  }
}
