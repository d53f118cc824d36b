/**
 * Follows a view: the rows it has, then every change, once and in order.
 *   node examples/follow.mjs <view> [postgresql://…]
 * A program that keeps the last progress timestamp can resume there after it was away:
 *   SUBSCRIBE TO <view> WITH (PROGRESS, SNAPSHOT = false) AS OF <progress - 1>
 */
import pg from 'pg'

const [view, url = 'postgresql://millrace@127.0.0.1:6875/millrace'] = process.argv.slice(2)
if (view === undefined) {
  console.error('usage: node examples/follow.mjs <view> [postgresql://…]')
  process.exit(2)
}

const client = new pg.Client(url)
await client.connect()
await client.query('BEGIN')
await client.query(`DECLARE changes CURSOR FOR SUBSCRIBE TO ${client.escapeIdentifier(view)} WITH (SNAPSHOT, PROGRESS)`)

let following = true
process.on('SIGINT', () => {
  following = false
})
while (following) {
  const { rows } = await client.query("FETCH ALL changes WITH (timeout = '1s')")
  for (const { mz_timestamp, mz_progressed, mz_diff, ...row } of rows) {
    if (!mz_progressed) console.log(mz_timestamp, Number(mz_diff) > 0 ? '+' : '-', row)
  }
}
await client.query('ROLLBACK')
await client.end()
