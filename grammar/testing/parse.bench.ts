// Prints what the grammar costs, in CPU time: `node grammar/testing/parse.bench.ts`. Start-up is the import and the first parse.
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const before = cpuMs()
const { parseStatements } = await import('../parse.ts')
const imported = cpuMs()
parseStatements('SELECT 1')
const first = cpuMs()
console.log(`start-up: import ${(imported - before).toFixed(0)} ms, first parse ${(first - imported).toFixed(0)} ms`)

const { samples } = await import('./samples.ts')
const { conformanceStatements, hasConformance } = await import('./conformance.ts')
const corpus = (hasConformance ? conformanceStatements() : samples).filter((sql) => {
  try {
    parseStatements(sql)
    return true
  } catch {
    return false
  }
})
for (let round = 1; round <= 5; round++) {
  const start = cpuMs()
  for (const sql of corpus) parseStatements(sql)
  const ms = cpuMs() - start
  console.log(
    `round ${round}: ${corpus.length} statements in ${ms.toFixed(0)} ms, ${Math.round((corpus.length / ms) * 1000)} statements/s`,
  )
}

export {}
