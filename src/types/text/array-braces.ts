import { unreachable } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import { DIMENSIONS_MAX, tooManyDimensions } from '../array-value.ts'
import { isSpace } from './space.ts'

/** What stands before a character of an array literal. */
type State =
  | 'nothing'
  | 'levelStarted'
  | 'levelEnded'
  | 'levelDelimited'
  | 'element'
  | 'quoted'
  | 'quotedEnded'
  | 'delimited'

/**
 * The dimensions that the braces of an array literal make, [] of an empty array; refuses what is no literal with
 * PostgreSQL's details. `at`: the first brace.
 */
export function bracesOf(text: string, at: number): number[] {
  const lengths: number[] = []
  const counts = new Array<number>(DIMENSIONS_MAX).fill(1)
  const lastCounts = new Array<number>(DIMENSIONS_MAX).fill(0)
  let state: State = 'nothing'
  let depth = 0
  let empty = true
  const fail = (detail: string): SqlError => new SqlError('22P02', `malformed array literal: "${text}"`, { detail })
  const unexpected = (c: string): SqlError => fail(`Unexpected "${c}" character.`)
  do {
    const c = text[at++]
    if (c === undefined) throw fail('Unexpected end of input.')
    if (state === 'element' || state === 'quoted') empty = false
    if (c === '\\') {
      if (!beginsElement(state)) throw unexpected(c)
      if (state !== 'quoted') state = 'element'
      if (at++ >= text.length) throw fail('Unexpected end of input.')
    } else if (c === '"') {
      if (state === 'quoted') state = 'quotedEnded'
      else if (state === 'levelStarted' || state === 'delimited') state = 'quoted'
      else throw fail('Unexpected array element.')
    } else if (state === 'quoted') continue
    else if (c === '{') {
      if (state !== 'nothing' && state !== 'levelStarted' && state !== 'levelDelimited') throw unexpected(c)
      state = 'levelStarted'
      if (depth === DIMENSIONS_MAX) throw tooManyDimensions(depth + 1)
      lengths[depth++] = 0
    } else if (c === '}') {
      if (!endsElement(state) && !(depth === 1 && state === 'levelStarted')) throw unexpected(c)
      state = 'levelEnded'
      depth--
      if (lastCounts[depth] !== 0 && counts[depth] !== lastCounts[depth])
        throw fail('Multidimensional arrays must have sub-arrays with matching dimensions.')
      lastCounts[depth] = counts[depth]
      counts[depth] = 1
      if (depth > 0) lengths[depth - 1]++
      else lengths[lengths.length - 1]++
    } else if (c === ',') {
      if (!endsElement(state)) throw unexpected(c)
      state = state === 'levelEnded' ? 'levelDelimited' : 'delimited'
      counts[depth - 1]++
      lengths[lengths.length - 1]++
    } else if (!isSpace(c)) {
      if (state !== 'levelStarted' && state !== 'element' && state !== 'delimited')
        throw fail('Unexpected array element.')
      state = 'element'
    }
  } while (depth > 0)
  for (; at < text.length; at++) if (!isSpace(text[at])) throw fail('Junk after closing right brace.')
  return empty ? [] : lengths
}

/** Whether an escape may stand here. */
function beginsElement(state: State): boolean {
  return state === 'levelStarted' || state === 'element' || state === 'quoted' || state === 'delimited'
}

/** Whether a comma or a closing brace may stand here. */
function endsElement(state: State): boolean {
  switch (state) {
    case 'element':
    case 'quotedEnded':
    case 'levelEnded':
      return true
    case 'nothing':
    case 'levelStarted':
    case 'levelDelimited':
    case 'quoted':
    case 'delimited':
      return false
    default:
      return unreachable(state)
  }
}
