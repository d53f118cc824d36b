import { type CheckRegex, parseJsonPath } from '../jsonpath/parse.ts'
import { formatJsonPath } from '../jsonpath/print.ts'

/** The text of a jsonpath in the one form that PostgreSQL prints. */
export const parseJsonPathText = (text: string, check?: CheckRegex): string =>
  formatJsonPath(parseJsonPath(text, check))
