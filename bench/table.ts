import { rateText } from './measure.ts'
import type { Figure } from './scenario.ts'

/** Units of which more is better; of the others less is. */
const RATES = new Set(['events/CPU s', 'queries/s'])

export function headText(): string {
  return row(['', 'millrace', 'peer', 'ratio', 'design', ''])
}

export function lineText({ name, unit, ours, peer, target, note }: Figure): string {
  const rate = RATES.has(unit)
  const text = (value: number) => (rate ? rateText(value) : value.toPrecision(3))
  const better = peer === null ? '' : `${(rate ? ours / peer.value : peer.value / ours).toPrecision(2)}x`
  const beside = peer === null ? '' : `${text(peer.value)} ${peer.name}`
  return row([`${name} (${unit})`, text(ours), beside, better, target, note])
}

const WIDTHS = [62, 9, 18, 7, 20, 0]

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(WIDTHS[i]))
    .join(' ')
    .trimEnd()
}
