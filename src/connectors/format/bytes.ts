import type { Column } from '../../types/column.ts'
import { AnyBuilder } from '../../types/column-build.ts'
import type { Field } from '../../types/sql-type.ts'
import type { PayloadDecoder } from './format.ts'

/** FORMAT BYTES: the payload as it is, one bytea value. No payload is NULL. */
export class BytesDecoder implements PayloadDecoder {
  readonly fields: readonly [Field]
  private readonly builder = new AnyBuilder()

  constructor(field: Field) {
    this.fields = [field]
  }

  decode(bytes: Uint8Array, start: number, length: number): string | null {
    this.builder.append(Uint8Array.from(bytes.subarray(start, start + length)))
    return null
  }
  decodeNull(): string | null {
    if (!this.fields[0].nullable) return `null value for column "${this.fields[0].name}"`
    this.builder.appendNull()
    return null
  }
  skip(): void {
    this.builder.appendNull()
  }
  truncate(n: number): void {
    this.builder.truncate(n)
  }
  finish(): Column[] {
    return [this.builder.finish()]
  }
}
