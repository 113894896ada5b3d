/** Statistics over many measurements. */

/** Returns the value below which `share` (0 to 1) of `values` lies; NaN when there are none. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return sorted[index] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const low = percentile(values, 0.5);
  if (values.length % 2 === 1) return low;
  const below = [...values].sort((a, b) => a - b)[values.length / 2 - 1] ?? low;
  return (below + low) / 2;
}

/**
 * Returns how far repetitions lie apart: the median absolute deviation, scaled to the standard
 * deviation of a normal distribution. One disturbed repetition does not move it.
 */
export function noise(values: readonly number[]): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}
