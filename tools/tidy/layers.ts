/** Who may import whom: a folder of src/ imports only folders of later steps. */
export const STEPS: readonly (readonly string[])[] = [
  ['cli'],
  ['wire', 'http', 'ops'],
  ['session'],
  ['engine'],
  ['sql', 'render', 'serve', 'connectors'],
  ['plan', 'catalog'],
  ['dataflow'],
  ['state'],
  ['functions', 'codec'],
  ['types'],
  ['base'],
]

/** Folder of src/ that a path lies in (`src/plan/x.ts` → `plan`), or null outside. */
export function folderOf(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null
}

/** What is wrong with `from` importing `to` (paths from the repository's root), or null. */
export function layerProblem(from: string, to: string): string | null {
  if (from.startsWith('grammar/'))
    return to.startsWith('grammar/') ? null : `${from} imports ${to}: grammar/ imports nothing else`
  const importer = folderOf(from)
  const imported = folderOf(to)
  if (importer === null || importer === imported) return null
  if (to.startsWith('grammar/')) return null
  if (imported === null) return `${from} imports ${to}, which lies outside src/ and grammar/`
  const fromStep = stepOf(importer)
  const toStep = stepOf(imported)
  if (fromStep < 0) return `${from}: src/${importer} is on no step`
  if (toStep < 0) return `${from} imports src/${imported}, which is on no step`
  if (toStep > fromStep) return null
  const why = toStep === fromStep ? 'is on the same step' : 'is above it'
  return `${from} imports ${to}: ${imported} ${why}`
}

const stepOf = (folder: string): number => STEPS.findIndex((step) => step.includes(folder))
