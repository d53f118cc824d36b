import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SqlError } from '../../src/base/sql-error.ts'
import { PgConnection } from '../../src/cli/client/connection.ts'
import { scalarsByName } from '../../src/functions/lookup.ts'
import { typeByName } from '../../src/types/pg-type.ts'
import type { SqlType } from '../../src/types/sql-type.ts'
import { formatText, parseText } from '../../src/types/text.ts'
import type { Value } from '../../src/types/value.ts'
import { serviceMissing } from '../services/missing.ts'
import { type PostgresService, startPostgres } from '../services/postgres.ts'

const missing = serviceMissing('postgres')
const RUNS = process.env['MILLRACE_SOAK'] === '1' ? 50_000 : 200

const WORDS = '9 9 0 . D , G S MI PL SG PR TH th V L B FM RN rn EEEE C SP 999 099 9.9 0.0 pr fm x é'.split(' ')
const picture = fc.oneof(
  fc.array(fc.constantFrom(...WORDS, ' ', '"ab"', '"x\\"y"', '\\"'), { minLength: 1, maxLength: 9 }),
  fc.tuple(
    fc.constantFrom('', 'FM'),
    fc.constantFrom('', 'S', 'MI', 'PL', 'SG', 'L'),
    fc.constantFrom('', '9', '990', '9,999', '0G999', '99999999'),
    fc.constantFrom('', '.', 'D', 'V'),
    fc.constantFrom('', '9', '00', '9900', '090'),
    fc.constantFrom('', 'S', 'MI', 'PL', 'SG', 'PR', 'TH', 'th', 'EEEE'),
  ),
)
const integer = fc.oneof(fc.integer({ min: -2000, max: 2000 }), fc.integer())
const decimal = fc.oneof(
  fc.constantFrom(
    '0',
    '-0.0',
    '0.1',
    '-0.001',
    '0.5',
    '2.5',
    '999.995',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e20',
    '1e-7',
  ),
  fc.tuple(integer, fc.nat(99999)).map(([whole, fraction]) => `${whole}.${fraction}`),
)
const numbers = fc.oneof(
  fc.tuple(fc.constant('int4'), integer.map(String)),
  fc.tuple(fc.constant('int8'), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  fc.tuple(fc.constantFrom('float4', 'float8', 'numeric'), decimal),
)
const read = fc.array(fc.constantFrom(...'0123456789,.-+ <>xé'), { maxLength: 9 })

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The function's text, or its error as the function `tried` of the database tells it. */
function ours(name: string, args: readonly (readonly [text: string, type: SqlType])[], result: SqlType): string | null {
  const fn = scalarsByName(name).find((f) => f.args.every((arg, i) => 'kind' in arg && arg.kind === args[i][1].kind))!
  try {
    const values = args.map(([text, type]) => parseText(text, type))
    const value = fn.eval(values, undefined as never, []) as Value | null
    return value === null ? null : formatText(value, result)
  } catch (error) {
    if (error instanceof SqlError) return `${error.sqlstate} ${error.message}`
    throw error
  }
}

describe.skipIf(missing !== null)(`PostgreSQL${missing === null ? '' : ` (${missing})`} agrees`, () => {
  let service: PostgresService
  let postgres: PgConnection

  beforeAll(async () => {
    service = await startPostgres()
    postgres = await PgConnection.connect(service.url)
    await postgres.query(`CREATE FUNCTION tried(query text) RETURNS text LANGUAGE plpgsql AS $$
      DECLARE result text;
      BEGIN EXECUTE query INTO result; RETURN result;
      EXCEPTION WHEN OTHERS THEN RETURN sqlstate || ' ' || sqlerrm; END $$`)
  })

  afterAll(async () => {
    await postgres?.close()
    service?.stop()
  })

  const theirs = async (query: string): Promise<string | null> =>
    (await postgres.query(`SELECT tried(${quoted(query)})`))[0].rows[0][0]

  test('on to_char of numbers', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, picture, async ([kind, value], parts) => {
        const template = parts.join('')
        const type = typeByName(kind)!
        const printed = ours(
          'to_char',
          [
            [value, type],
            [template, { kind: 'text' }],
          ],
          { kind: 'text' },
        )
        expect(printed).toBe(await theirs(`SELECT to_char(${quoted(value)}::${kind}, ${quoted(template)})`))
      }),
      { numRuns: RUNS },
    )
  })

  test('on to_number', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          read.map((c) => c.join('')),
          decimal,
        ),
        picture,
        async (text, parts) => {
          const template = parts.join('')
          const number = ours(
            'to_number',
            [
              [text, { kind: 'text' }],
              [template, { kind: 'text' }],
            ],
            { kind: 'numeric' },
          )
          expect(number).toBe(await theirs(`SELECT to_number(${quoted(text)}, ${quoted(template)})`))
        },
      ),
      { numRuns: RUNS },
    )
  })
})
