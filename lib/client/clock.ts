/** One reading of the browser's two clocks, in milliseconds. */
export interface ClockReading {
  monotonic: number;
  wall: number;
}

/** Earlier than any reading. */
export const longAgo: ClockReading = { monotonic: 0, wall: 0 };

export function readClock(): ClockReading {
  return { monotonic: performance.now(), wall: Date.now() };
}

/**
 * Milliseconds since `earlier`, by the clock that advanced further. The monotonic clock stops while
 * the computer sleeps, except on Windows (w3c/hr-time#115). The wall clock may be wrong, so only
 * its difference counts: setting it back changes nothing, setting it forward costs one refresh.
 */
export function elapsedSince(earlier: ClockReading): number {
  const { monotonic, wall } = readClock();
  return Math.max(monotonic - earlier.monotonic, wall - earlier.wall);
}

/** Resolves after `duration` milliseconds. */
export function delay(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}
