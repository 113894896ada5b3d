/** A moment on both of the browser's clocks, in milliseconds. */
export interface Moment {
  steady: number;
  wall: number;
}

export const longAgo: Moment = { steady: -Infinity, wall: -Infinity };

export function moment(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/**
 * Milliseconds since `then`, by whichever clock has moved further. The steady clock stands still
 * while the computer sleeps, except on Windows (w3c/hr-time#115). The wall clock can be wrong and
 * can be set back, so only its difference counts; set forward, it costs one refresh too early.
 */
export function since(then: Moment): number {
  const { steady, wall } = moment();
  return Math.max(steady - then.steady, wall - then.wall);
}

/** Resolves after that many milliseconds. */
export function delay(duration: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration);
  });
}
