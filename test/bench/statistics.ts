export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The smallest of the values that at least this share (0 to 1) of them do not exceed; no interpolation. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError('There is no percentile of nothing.');
  return value;
}

/** Monotonic ms, the same clock in every process of this machine. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
