/** Clocks of the bench. Rates are per second of processor time of the whole process: they hold on a busy machine too. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The value in the middle (of an even number: the lower one). */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * q) - 1))]
}

/** 12,345,678 → "12.3 M". */
export function rateText(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)} M`
  if (perSecond >= 1e3) return `${(perSecond / 1e3).toPrecision(3)} k`
  return perSecond.toPrecision(3)
}

/** Collects garbage if node was started with --expose-gc. */
export function collectGarbage(): void {
  globalThis.gc?.()
}
