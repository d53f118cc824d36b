import { readFileSync, statSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes long, by what a test's text says, the longest first. */
const HEAVY: readonly RegExp[] = [/startKafka\(|npm', \['pack/, /new ServerProcess\(|spawn\(/, /fc\.assert\(/]

/** Long test files begin first, so that no worker ends with one while the others have nothing left. */
export class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weights = new Map(files.map((file) => [file, weightOf(file.moduleId)]))
    return [...files].sort((a, b) => {
      const [x, y] = [weights.get(a)!, weights.get(b)!]
      return x.kind - y.kind || y.size - x.size
    })
  }
}

function weightOf(path: string): { readonly kind: number; readonly size: number } {
  const text = readFileSync(path, 'utf8')
  const kind = HEAVY.findIndex((pattern) => pattern.test(text))
  return { kind: kind === -1 ? HEAVY.length : kind, size: statSync(path).size }
}
