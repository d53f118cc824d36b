// Prints what the grammar costs: `node grammar/parse.bench.ts`. Start-up is the import and the first parse.
const before = performance.now()
const { parseStatements } = await import('./parse.ts')
const imported = performance.now()
parseStatements('SELECT 1')
const first = performance.now()
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
for (let round = 1; round <= 4; round++) {
  const start = performance.now()
  for (const sql of corpus) parseStatements(sql)
  const ms = performance.now() - start
  console.log(
    `round ${round}: ${corpus.length} statements in ${ms.toFixed(0)} ms, ${Math.round((corpus.length / ms) * 1000)} statements/s`,
  )
}

export {}
