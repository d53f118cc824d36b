import { parseJsonPathText } from '../../types/text/jsonpath.ts'
import { compileRegex } from '../regex/regex.ts'
import { regexFlags } from './pairs.ts'

/** A text as a jsonpath: what is wrong with its regular expressions is told where it is read. */
export const readPath = (text: string): string =>
  parseJsonPathText(text, (pattern, flags) => compileRegex(pattern, regexFlags(flags)))
