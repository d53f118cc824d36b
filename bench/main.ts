/** `npm run bench [-- --only NAME] [--quick]`: prints a table, writes bench/results/latest.json. Asserts nothing. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkpoint } from './checkpoint.ts'
import { latency } from './latency.ts'
import { lookups } from './lookups.ts'
import { memory } from './memory.ts'
import { nexmark, nexmarkJson } from './nexmark.ts'
import { recompute } from './recompute.ts'
import type { Figure, Scenario } from './scenario.ts'
import { soakWindows } from './soak.ts'
import { headText, lineText } from './table.ts'
import { temporal } from './temporal.ts'
import { tpch } from './tpch.ts'

const SCENARIOS: readonly Scenario[] = [
  nexmark,
  nexmarkJson,
  latency,
  lookups,
  recompute,
  tpch,
  temporal,
  checkpoint,
  memory,
  soakWindows,
]

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
  },
})
const unknown = values.only?.find((name) => !SCENARIOS.some((scenario) => scenario.name === name))
if (unknown !== undefined) {
  const names = SCENARIOS.map((scenario) => scenario.name).join(', ')
  process.stderr.write(`there is no scenario "${unknown}": ${names}\n`)
  process.exit(2)
}

const options = { quick: values.quick, runs: values.runs === undefined ? (values.quick ? 1 : 3) : Number(values.runs) }
const machine = {
  cpu: `${cpus().length} × ${cpus()[0].model}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
}
const loadBefore = loadavg()[0]
process.stdout.write(`${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}, load ${loadBefore.toFixed(1)}\n`)

const results: Record<string, Figure[]> = {}
for (const scenario of SCENARIOS) {
  if (values.only !== undefined && !values.only.includes(scenario.name)) continue
  process.stdout.write(`\n${scenario.name}: ${scenario.title}\n${headText()}\n`)
  results[scenario.name] = []
  for await (const figure of scenario.run(options)) {
    results[scenario.name].push(figure)
    process.stdout.write(`${lineText(figure)}\n`)
  }
}
const folder = join(import.meta.dirname, 'results')
mkdirSync(folder, { recursive: true })
const load = { before: loadBefore, after: loadavg()[0] }
writeFileSync(
  join(folder, 'latest.json'),
  `${JSON.stringify({ at: new Date().toISOString(), machine, load, options, results }, null, 2)}\n`,
)
process.stdout.write(
  `\nload ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after; bench/results/latest.json\n`,
)
