import { AnyBuilder } from '../../types/column-build.ts'
import type { Field } from '../../types/sql-type.ts'
import { OneColumnDecoder } from './one-column.ts'

/** FORMAT BYTES: the payload as it is, one bytea value. No payload is NULL. */
export class BytesDecoder extends OneColumnDecoder<AnyBuilder> {
  constructor(field: Field) {
    super(field, new AnyBuilder())
  }

  decode(bytes: Uint8Array, start: number, length: number): string | null {
    this.builder.append(Uint8Array.from(bytes.subarray(start, start + length)))
    return null
  }
}
