import type { Column } from '../../types/column.ts'
import type { ColumnBuilder } from '../../types/column-build.ts'
import type { Field } from '../../types/sql-type.ts'
import type { PayloadDecoder } from './format.ts'

/** Formats whose payload is one value: what their decoders share. Without a payload the value is NULL. */
export abstract class OneColumnDecoder<Builder extends ColumnBuilder> implements PayloadDecoder {
  readonly fields: readonly [Field]
  protected readonly builder: Builder

  constructor(field: Field, builder: Builder) {
    this.fields = [field]
    this.builder = builder
  }

  abstract decode(bytes: Uint8Array, start: number, length: number): string | null

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
