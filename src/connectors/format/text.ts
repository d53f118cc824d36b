import { isUtf8 } from 'node:buffer'
import { StrBuilder } from '../../types/column-build.ts'
import type { Field } from '../../types/sql-type.ts'
import { OneColumnDecoder } from './one-column.ts'

/** FORMAT TEXT: the payload is one text value, UTF-8. No payload is NULL. */
export class TextDecoder extends OneColumnDecoder<StrBuilder> {
  constructor(field: Field) {
    super(field, new StrBuilder(64))
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
}
