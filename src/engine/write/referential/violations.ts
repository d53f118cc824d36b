import { SqlError } from '../../../base/sql-error.ts'
import type { CatalogSnapshot, ForeignKeyEntry, TableEntry } from '../../../catalog/entry.ts'
import type { Row } from '../../../types/value.ts'
import { textOf } from '../failing-row.ts'

/** 23503 of one catalog, whose tables have schemas. */
export class Violations {
  readonly #catalog: CatalogSnapshot

  constructor(catalog: CatalogSnapshot) {
    this.#catalog = catalog
  }

  /** A row refers to a key that is not there. */
  missing(fk: ForeignKeyEntry, from: TableEntry, to: TableEntry, values: Row): SqlError {
    return this.#refused(fk, from, `Key ${keyText(from, fk.columns, values)} is not present in table "${to.name}".`)
  }
  /** MATCH FULL: all of it, or nothing. */
  mixed(fk: ForeignKeyEntry, from: TableEntry): SqlError {
    return this.#refused(fk, from, 'MATCH FULL does not allow mixing of null and nonnull key values.')
  }
  /** A key leaves that rows refer to. */
  referredTo(fk: ForeignKeyEntry, from: TableEntry, to: TableEntry, values: Row): SqlError {
    return new SqlError(
      '23503',
      `update or delete on table "${to.name}" violates foreign key constraint "${fk.name}" on table "${from.name}"`,
      {
        ...this.#fields(fk, from),
        detail: `Key ${keyText(to, fk.referenced, values)} is still referenced from table "${from.name}".`,
      },
    )
  }

  #refused(fk: ForeignKeyEntry, from: TableEntry, detail: string): SqlError {
    const message = `insert or update on table "${from.name}" violates foreign key constraint "${fk.name}"`
    return new SqlError('23503', message, { ...this.#fields(fk, from), detail })
  }
  #fields(fk: ForeignKeyEntry, { name, schema }: TableEntry) {
    return { schema: this.#catalog.byId(schema)?.name, table: name, constraint: fk.name }
  }
}

/** `(a, b)=(1, x)` */
function keyText({ columns }: TableEntry, key: readonly number[], values: Row): string {
  const names = key.map((c) => columns[c]!.name).join(', ')
  return `(${names})=(${key.map((c, i) => textOf(values[i]!, columns[c]!.type)).join(', ')})`
}
