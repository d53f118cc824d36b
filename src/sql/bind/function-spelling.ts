import type { Expr } from '../../../grammar/ast.ts'
import type { Call } from './call-parts.ts'

/** Plain functions that other systems spell in their own way: each is a call that exists. */
const SPELLINGS: Readonly<Record<string, (node: Call) => Call | undefined>> = {
  ucase: (node) => named(node, 'upper'),
  lcase: (node) => named(node, 'lower'),
  timestamp_trunc: truncated,
}

/** The call that a call by another name is; undefined for calls by their own. */
export function functionRespelled(node: Call, name: string): Call | undefined {
  return Object.hasOwn(SPELLINGS, name) ? SPELLINGS[name](node) : undefined
}

const named = (node: Call, name: string): Call => {
  const [part] = node.name.parts.slice(-1)
  return { ...node, name: { ...node.name, parts: [{ ...part, name }] } }
}

/** TIMESTAMP_TRUNC(ts, DAY) is date_trunc('day', ts). */
function truncated(node: Call): Call | undefined {
  const [time, unit] = node.args
  if (node.args.length !== 2 || unit.value.kind !== 'column' || unit.value.parts.length !== 1) return undefined
  const value: Expr = { kind: 'string', value: unit.value.parts[0].name.toLowerCase(), span: unit.value.span }
  return { ...named(node, 'date_trunc'), args: [{ ...unit, value }, time] }
}
