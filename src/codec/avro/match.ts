import { conversion } from './convert.ts'
import { type AvroCursor, AvroDataError } from './cursor.ts'
import { type AvroField, type AvroType, shortName } from './schema.ts'
import { isNested, sqlTypeOf } from './sql-type.ts'

/** A writer's schema that the reader's cannot read: a field, and why not. */
export class AvroMismatch extends Error {
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(path === '' ? reason : `field "${path}": ${reason}`)
    this.path = path
    this.reason = reason
  }

  /** The same, one record further out. */
  inside(field: string): AvroMismatch {
    return new AvroMismatch(this.path === '' ? field : `${field}.${this.path}`, this.reason)
  }
}

/** The writer's field that fills a reader's: by name, else by the reader's aliases. */
export function writerField(fields: readonly AvroField[], reader: Pick<AvroField, 'name' | 'aliases'>): number {
  const byName = fields.findIndex((field) => field.name === reader.name)
  return byName >= 0 ? byName : fields.findIndex((field) => reader.aliases.includes(field.name))
}

/** The branch of the reader's union that takes the writer's values; -1: none. A branch of the same type goes before a wider one. */
export function readerBranch(writer: AvroType, branches: readonly AvroType[]): number {
  const same = branches.findIndex((branch) => isSame(writer, branch))
  return same >= 0 ? same : branches.findIndex((branch) => isReadable(writer, branch))
}

function isSame(writer: AvroType, reader: AvroType): boolean {
  if (writer.kind !== reader.kind) return false
  return 'name' in writer && 'name' in reader ? namesAgree(writer, reader) : true
}

type Named = { readonly name: string; readonly aliases: readonly string[] }

function namesAgree(writer: Named, reader: Named): boolean {
  const wanted = [reader.name, ...reader.aliases]
  return wanted.includes(writer.name) || wanted.some((name) => shortName(name) === shortName(writer.name))
}

/** By kind alone: what lies within is matched when the branch is taken. */
function isReadable(writer: AvroType, reader: AvroType): boolean {
  if (isNested(writer) || isNested(reader)) return writer.kind === reader.kind && writer.kind !== 'union'
  if (writer.kind === 'null' || reader.kind === 'null') return writer.kind === reader.kind
  if (writer.kind === 'array' || reader.kind === 'array') return writer.kind === reader.kind
  if (writer.kind === 'enum' || reader.kind === 'enum') return false
  return conversion(sqlTypeOf(writer), sqlTypeOf(reader), 'promote') !== null
}

export function kindName(type: AvroType): string {
  if ('name' in type) return `${type.kind} "${type.name}"`
  return 'logical' in type && type.logical !== null ? `${type.kind} (${type.logical.kind})` : type.kind
}

/**
 * The reader of a writer's union: one reader a type. A type that cannot be read matters only when a value of it comes, unless
 * none can but null.
 */
export function unionReader<T>(
  branches: readonly AvroType[],
  readerOf: (branch: AvroType) => (cursor: AvroCursor) => T,
): (cursor: AvroCursor) => T {
  const reads = branches.map((branch) => attempt(() => readerOf(branch)))
  const ofValues = reads.filter((_, i) => branches[i].kind !== 'null')
  const needed = ofValues.length > 0 ? ofValues : reads
  const [fault] = needed
  if (fault instanceof AvroMismatch && needed.every((read) => read instanceof AvroMismatch)) throw fault
  return (cursor) => {
    const read = reads[cursor.branch(reads.length)]
    if (read instanceof AvroMismatch) throw new AvroDataError(read.reason)
    return read(cursor)
  }
}

function attempt<T>(make: () => T): T | AvroMismatch {
  try {
    return make()
  } catch (error) {
    if (error instanceof AvroMismatch) return error
    throw error
  }
}
