/** Thrown when there is no place for a job. */
export class QueueFullError extends Error {
  override name = "QueueFullError";
}

/** For whom a job is done. What is left out counts as one network, or one account. */
export interface Claimant {
  network?: string | undefined;
  account?: string | undefined;
}

interface Job {
  start: () => void;
  refuse: (reason: QueueFullError) => void;
}

/** By key; the key whose turn is next comes first. */
type Turns<T> = Map<string, T>;

/**
 * Creates a limiter: it runs at most `width` jobs at a time and lets at most `queue` more wait. The
 * networks take turns, and within a network its accounts: whatever one of them sends, it delays each
 * of the others by one job, not by its whole queue. When the queue is full, the account that takes up
 * most of it gives up its newest job. Password hashing goes through a limiter, because each hash takes
 * 19 MiB and one of the few threads that unsealing needs as well.
 * @returns a function that runs a job and throws QueueFullError when there is no place for it
 */
export function createLimiter(width: number, queue: number) {
  const waiting: Turns<Turns<Job[]>> = new Map();
  let running = 0;
  let queued = 0;

  /** @throws {QueueFullError} */
  function wait(network: string, account: string): Promise<void> {
    if (queued >= queue) makeRoom(network, account);
    return new Promise((start, refuse) => {
      const accounts = waiting.get(network) ?? new Map<string, Job[]>();
      accounts.set(account, [...(accounts.get(account) ?? []), { start, refuse }]);
      waiting.set(network, accounts);
      queued += 1;
    });
  }

  function makeRoom(network: string, account: string): void {
    const largest = keyOfLargest(waiting, countAll, network);
    const accounts = waiting.get(largest) ?? new Map<string, Job[]>();
    const newcomer = largest === network ? account : undefined;
    const victim = keyOfLargest(accounts, (jobs) => jobs.length, newcomer);
    if (victim === newcomer) throw new QueueFullError();
    const jobs = accounts.get(victim) ?? [];
    jobs.pop()?.refuse(new QueueFullError());
    queued -= 1;
    if (jobs.length === 0) accounts.delete(victim);
  }

  function next(): Job | undefined {
    for (const [network, accounts] of waiting) {
      for (const [account, [first, ...others]] of accounts) {
        endTurn(accounts, account, others.length > 0 ? others : undefined);
        endTurn(waiting, network, accounts.size > 0 ? accounts : undefined);
        queued -= 1;
        return first;
      }
    }
    return undefined;
  }

  return async function run<T>(
    job: () => Promise<T>,
    { network = "", account = "" }: Claimant = {},
  ): Promise<T> {
    // The job that finishes hands its place over, so that no other job can slip in between.
    if (running >= width) await wait(network, account);
    else running += 1;
    try {
      return await job();
    } finally {
      const following = next();
      if (following) following.start();
      else running -= 1;
    }
  };
}

/** Moves `key` to the end of the line, or out of it when nothing is left. */
function endTurn<T>(turns: Turns<T>, key: string, left: T | undefined): void {
  turns.delete(key);
  if (left !== undefined) turns.set(key, left);
}

/** The key with the most jobs; the newcomer, if it is among them, has one more than now. */
function keyOfLargest<T>(turns: Turns<T>, count: (of: T) => number, newcomer?: string): string {
  const own = newcomer === undefined ? undefined : turns.get(newcomer);
  let largest = newcomer ?? "";
  let most = (newcomer === undefined ? 0 : 1) + (own === undefined ? 0 : count(own));
  for (const [key, of] of turns) {
    if (count(of) > most) [largest, most] = [key, count(of)];
  }
  return largest;
}

function countAll(accounts: Turns<Job[]>): number {
  return [...accounts.values()].reduce((sum, jobs) => sum + jobs.length, 0);
}
