import fc from 'fast-check'

/**
 * Property tests run the same cases on every machine, so that a change is judged by what it changes; `npm run soak` and
 * MILLRACE_TEST_SEED=random look for new ones, and a failure prints its seed either way.
 */
const wanted = process.env['MILLRACE_TEST_SEED'] ?? (process.env['MILLRACE_SOAK'] === '1' ? 'random' : '20261121')
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) })
