import { expect, test } from 'vitest'
import { harness } from './testing/harness.ts'
import { Recorder } from './testing/recorder.ts'

/** Statements of PostgreSQL that are refused: 0A000 names the feature as the user wrote it, and points to it. */
test.each([
  ['BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1', 'WITH HOLD', 8],
  ['BEGIN; DECLARE c BINARY CURSOR FOR SELECT 1', 'DECLARE … BINARY', 8],
  ['BEGIN; DECLARE c SCROLL CURSOR FOR SELECT 1', 'SCROLL', 8],
  ['COPY t TO STDOUT (FORMAT binary)', 'COPY … (FORMAT binary)', 26],
  ['COPY t FROM STDIN WITH (FORMAT binary)', 'COPY … (FORMAT binary)', 32],
  ["COPY t TO '/tmp/x'", 'COPY with a file of the server', 1],
  ["COPY t FROM PROGRAM 'x'", 'COPY with a program of the server', 1],
  ['LISTEN a', 'LISTEN', 1],
  ['UNLISTEN *', 'UNLISTEN', 1],
  ["NOTIFY a, 'x'", 'NOTIFY', 1],
  ['LOCK TABLE t', 'LOCK TABLE', 1],
  ['GRANT SELECT ON t TO public', 'GRANT', 1],
  ['REVOKE SELECT ON t FROM public', 'REVOKE', 1],
  ['DO $$ $$', 'DO', 1],
  ['CALL f()', 'CALL', 1],
  ['REINDEX TABLE t', 'REINDEX', 1],
  ['CLUSTER t', 'CLUSTER', 1],
  ['CHECKPOINT', 'CHECKPOINT', 1],
] as const)('%s', async (sql, feature, position) => {
  const { session } = harness()
  const sink = new Recorder()
  await session.simpleQuery(sql, sink)
  expect(sink.errors).toHaveLength(1)
  expect(sink.errors[0]).toMatchObject({
    sqlstate: '0A000',
    message: `${feature} is not supported`,
    fields: { position },
  })
})
