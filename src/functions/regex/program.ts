import { Coloring } from './coloring.ts'
import { bitsOf, type ConditionBits } from './condition-bits.ts'
import { invalidRegex, PATTERN_UNITS_MAX, tooComplex } from './errors.ts'
import { optionsOf } from './options.ts'
import { parseRegex } from './parse.ts'
import { type Shape, Shaper } from './shape.ts'
import { type Table, TableSpace } from './table.ts'
import { type Condition, REFERS, SHORTER } from './tree.ts'

/** A pattern, compiled. */
export interface Program {
  readonly shape: Shape
  /** Number of capturing groups. */
  readonly groups: number
  /** With back references: what the automata find are candidates only. */
  readonly refers: boolean
  /** Of the ends of a match that begins earliest, the nearest is wanted. */
  readonly shortest: boolean
  readonly space: TableSpace
  /** Ends of matches that begin anywhere. */
  readonly search: Table
  /** Beginnings of matches that end anywhere, backwards. */
  readonly origins: Table
  readonly conditions: readonly { readonly condition: Condition; readonly table: Table | null }[]
  readonly bits: ConditionBits
  readonly wordSet: number
  readonly ignoreCase: boolean
  /** Tables of parts of the shape. */
  readonly forward: Map<Shape, Table>
  readonly backward: Map<Shape, Table>
}

export function compileProgram(pattern: string, flags: string): Program {
  if (pattern.length > PATTERN_UNITS_MAX) throw tooComplex()
  const options = optionsOf(flags)
  if (options.literal && (options.expanded || options.newlineStops || options.newlineAnchors)) {
    throw invalidRegex('invalid argument to regex function')
  }
  const tree = parseRegex(pattern, options)
  const shaper = new Shaper()
  const shape = shaper.choice(tree.root)
  const looks = tree.conditions.map((condition) => {
    if (condition.kind !== 'look') return null
    const [begin, end] = [shaper.automaton.state(), shaper.automaton.state()]
    shaper.automaton.choice(condition.body, begin, end, false)
    return { begin, end, backward: condition.ahead }
  })
  const space = new TableSpace(shaper.automaton.build(), new Coloring(tree.sets))
  const { begin, end, flags: shapeFlags } = shape
  return {
    shape,
    groups: tree.groups,
    refers: (shapeFlags & REFERS) !== 0,
    shortest: (shapeFlags & SHORTER) !== 0,
    space,
    search: space.table(false, begin, end, true),
    origins: space.table(true, end, begin, true),
    conditions: tree.conditions.map((condition, i) => {
      const look = looks[i]
      if (look === null) return { condition, table: null }
      return {
        condition,
        table: look.backward
          ? space.table(true, look.end, look.begin, true)
          : space.table(false, look.begin, look.end, true),
      }
    }),
    bits: bitsOf(tree.conditions),
    wordSet: tree.wordSet,
    ignoreCase: tree.ignoreCase,
    forward: new Map(),
    backward: new Map(),
  }
}

/** The table that runs a part of the shape from its beginning. */
export function forwardTable(program: Program, shape: Shape): Table {
  let table = program.forward.get(shape)
  if (table === undefined) {
    table = program.space.table(false, shape.begin, shape.end, false)
    program.forward.set(shape, table)
  }
  return table
}

/** The table that runs a part of the shape from its end backwards. */
export function backwardTable(program: Program, shape: Shape): Table {
  let table = program.backward.get(shape)
  if (table === undefined) {
    table = program.space.table(true, shape.end, shape.begin, false)
    program.backward.set(shape, table)
  }
  return table
}
