/** Thrown when too many jobs are waiting already. */
export class QueueFullError extends Error {
  override name = "QueueFullError";
}

/**
 * Creates a limiter: it runs at most `width` jobs at a time and lets at most `queue` more wait, first
 * come first served. Password hashing goes through one, because each hash takes 19 MiB and one of
 * the few threads that unsealing needs as well.
 * @returns a function that runs a job and throws QueueFullError when the queue is full
 */
export function createLimiter(width: number, queue: number) {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async function run<T>(job: () => Promise<T>): Promise<T> {
    if (running >= width) {
      if (waiting.length >= queue) throw new QueueFullError();
      // The job that finishes hands its place over, so that no other job can slip in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
