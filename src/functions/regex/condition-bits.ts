import type { Condition } from './tree.ts'

/** The conditions of a pattern as bits: those of a kind that hold at a place are set by one mask. */
export interface ConditionBits {
  readonly of: Readonly<Record<Exclude<Condition['kind'], 'look'>, number>>
  /** All that words are asked for. */
  readonly words: number
  readonly lines: number
  /** Indexes of conditions that look around. */
  readonly looks: readonly number[]
  /** All conditions can hold at the ends of the text only. */
  readonly endsOnly: boolean
}

export function bitsOf(conditions: readonly Condition[]): ConditionBits {
  const bit = (kind: Condition['kind']) => {
    const index = conditions.findIndex((c) => c.kind === kind)
    return index < 0 ? 0 : 1 << index
  }
  const of = {
    'text start': bit('text start'),
    'text end': bit('text end'),
    'line start': bit('line start'),
    'line end': bit('line end'),
    'word start': bit('word start'),
    'word end': bit('word end'),
    'word edge': bit('word edge'),
    'not word edge': bit('not word edge'),
  }
  return {
    of,
    words: of['word start'] | of['word end'] | of['word edge'] | of['not word edge'],
    lines: of['line start'] | of['line end'],
    looks: conditions.flatMap((c, i) => (c.kind === 'look' ? [i] : [])),
    endsOnly: conditions.every((c) => c.kind === 'text start' || c.kind === 'text end'),
  }
}
