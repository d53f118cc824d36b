import { isUtf8 } from 'node:buffer'
import type { Column } from '../../types/column.ts'
import { StrBuilder } from '../../types/column-build.ts'
import type { Field } from '../../types/sql-type.ts'
import type { PayloadDecoder } from './format.ts'

/** FORMAT TEXT: the payload is one text value, UTF-8. No payload is NULL. */
export class TextDecoder implements PayloadDecoder {
  readonly fields: readonly [Field]
  private readonly builder = new StrBuilder(64)

  constructor(field: Field) {
    this.fields = [field]
  }

  decode(bytes: Uint8Array, start: number, length: number): string | null {
    const end = start + length
    for (let i = start; i < end; i++) {
      const byte = bytes[i]
      if (byte === 0) return 'text holds a zero byte'
      if (byte >= 0x80) {
        const rest = bytes.subarray(i, end)
        if (!isUtf8(rest)) return 'text is not valid UTF-8'
        if (rest.includes(0)) return 'text holds a zero byte'
        break
      }
    }
    this.builder.appendBytes(bytes, start, end)
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
