import { writeFileSync } from 'node:fs'
import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'

/** Writes the errors that came outside of any test, which vitest's JSON report leaves out, to VITEST_OUTSIDE_ERRORS. */
export default class OutsideReporter implements Reporter {
  onTestRunEnd(_modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env['VITEST_OUTSIDE_ERRORS']
    if (file !== undefined) writeFileSync(file, JSON.stringify(errors.map((error) => String(error.message))))
  }
}
