import pg from 'pg'

/** A connected `pg` client for end-to-end tests. */
export async function pgClient(port: number, options: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'millrace', database: 'millrace', ...options })
  await client.connect()
  return client
}

/** Rows of one statement as arrays of text, in order. */
export async function pgRows(client: pg.Client, text: string, values: readonly unknown[] = []): Promise<unknown[][]> {
  const result = await client.query({ text, values: [...values], rowMode: 'array' })
  return result.rows as unknown[][]
}
