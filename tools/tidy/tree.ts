import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

const SKIPPED = /^(?:node_modules|dist|\.git|\.tmp|\.cache|coverage|millrace-data|kafka-data)$/
const TEXT = /\.(?:ts|cjs|mjs|md|slt|part|sql|json|sh|yml)$|^(?:Dockerfile|run)$/

/** Text files below the folders, and those of the root itself; package-lock.json apart. */
export function readTree(root: string): SourceFile[] {
  const files: SourceFile[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (!SKIPPED.test(entry.name)) visit(path)
      } else if (TEXT.test(entry.name) && entry.name !== 'package-lock.json') {
        files.push({ path, text: readFileSync(join(root, path), 'utf8') })
      }
    }
  }
  visit('')
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

export const isTest = (path: string): boolean => /\.test\.ts$/.test(path)
/** Code that only tests use lies in files of this name, or in a folder `testing`. */
export const isTestKit = (path: string): boolean => /\.testkit\.ts$|\/testing\//.test(path)
export const isCode = (path: string): boolean => /^(?:src|grammar)\/.*\.ts$/.test(path)
