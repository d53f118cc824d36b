/**
 * `npm run fuzz`: random queries beside PostgreSQL. `npm run fuzz -- functions`: every function, operator, cast and aggregate with
 * random arguments; `-- json`: those of JSON with random documents. Each has its options in its own file.
 */
const PROGRAMS: Readonly<Record<string, () => Promise<unknown>>> = {
  queries: () => import('./queries.ts'),
  functions: () => import('./functions/main.ts'),
  json: () => import('./json/main.ts'),
}

const [first] = process.argv.slice(2)
const named = first !== undefined && first in PROGRAMS
if (named) process.argv.splice(2, 1)
await PROGRAMS[named ? first : 'queries']!()
