import { lockName } from "#lib/protocol.ts";
import type { Browser } from "./browser.ts";

/**
 * Milliseconds to wait for the lock. A tab that the browser has frozen, or that a debugger has
 * stopped, may hold it forever (supabase/supabase#44642).
 */
const patience = 10_000;

/** Runs a task while no other tab runs one. */
export type Lock = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Creates the lock that sign-in, refresh and sign-out share across tabs (Web Locks).
 *
 * The lock keeps them in order, but correctness does not depend on it: the server handles any
 * number of refreshes at once. So where Web Locks are missing (pages over plain http, other than
 * localhost) each tab has a queue of its own, and a task that has waited too long runs without the
 * lock instead of stealing it.
 */
export function createLock(browser: Browser): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>) => {
    const { locks } = browser.navigator;
    if (!locks) {
      const result = last.then(task, task);
      last = result;
      return result;
    }
    let result: Promise<T> | undefined;
    const run = () => {
      result ??= task();
      return result;
    };
    return locks.request(lockName, { signal: AbortSignal.timeout(patience) }, run).catch(run);
  };
}
