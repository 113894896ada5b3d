/** Thrown when there is no place for a job. */
export class QueueFullError extends Error {
  override name = "QueueFullError";
}

/** For whom a job is done. */
export interface Claimant {
  /** Networks take turns. Jobs of no network count as one network's. */
  network?: string | undefined;
  /** Jobs of no account are limited by their network alone. */
  account?: string | undefined;
}

interface LimiterOptions {
  /** Jobs that run at a time. */
  width: number;
  /** Jobs that wait, of all claimants together. */
  queue: number;
  /** Jobs of one account that wait or run. */
  perAccount: number;
}

interface Waiting {
  start: () => void;
  refuse: (reason: QueueFullError) => void;
}

/**
 * Creates a limiter: it runs at most `width` jobs at a time and lets the networks take turns, so a
 * flood from one of them delays each of the others by one job, not by its whole queue. Password
 * hashing goes through it, because each hash takes 19 MiB and one of the few threads that unsealing
 * needs as well.
 *
 * When the queue is full, the network with the most waiting jobs gives up its newest, so no network
 * can fill the queue against the others.
 * @returns a function that runs a job and throws QueueFullError when there is no place for it
 */
export function createLimiter({ width, queue, perAccount }: LimiterOptions) {
  /** The waiting jobs of each network; the network whose turn is next comes first. */
  const waiting = new Map<string, Waiting[]>();
  const jobsOf = new Map<string, number>();
  let running = 0;
  let queued = 0;

  const length = (network: string) => waiting.get(network)?.length ?? 0;

  /** @throws {QueueFullError} */
  function wait(network: string): Promise<void> {
    if (queued >= queue) makeRoom(network);
    return new Promise((start, refuse) => {
      waiting.set(network, [...(waiting.get(network) ?? []), { start, refuse }]);
      queued += 1;
    });
  }

  function makeRoom(newcomer: string): void {
    const longest = [...waiting.keys()].reduce((a, b) => (length(b) > length(a) ? b : a), newcomer);
    // The newcomer would have one job more than now.
    if (length(longest) <= length(newcomer) + 1) throw new QueueFullError();
    waiting.get(longest)?.pop()?.refuse(new QueueFullError());
    queued -= 1;
  }

  /** Takes the first job of the network whose turn it is, which then goes to the end of the line. */
  function next(): Waiting | undefined {
    for (const [network, [first, ...others]] of waiting) {
      waiting.delete(network);
      if (others.length > 0) waiting.set(network, others);
      queued -= 1;
      return first;
    }
    return undefined;
  }

  async function takeTurn<T>(network: string, job: () => Promise<T>): Promise<T> {
    // The job that finishes hands its place over, so that no other job can slip in between.
    if (running >= width) await wait(network);
    else running += 1;
    try {
      return await job();
    } finally {
      const following = next();
      if (following) following.start();
      else running -= 1;
    }
  }

  return async function run<T>(job: () => Promise<T>, claimant: Claimant = {}): Promise<T> {
    const { network = "", account } = claimant;
    if (account === undefined) return takeTurn(network, job);
    const jobs = jobsOf.get(account) ?? 0;
    if (jobs >= perAccount) throw new QueueFullError();
    jobsOf.set(account, jobs + 1);
    try {
      return await takeTurn(network, job);
    } finally {
      const left = (jobsOf.get(account) ?? 1) - 1;
      if (left > 0) jobsOf.set(account, left);
      else jobsOf.delete(account);
    }
  };
}
