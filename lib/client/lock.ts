import { lockName } from "#lib/protocol.ts";
import type { Browser } from "./browser.ts";

/**
 * Milliseconds to wait for the lock. A tab that the browser has frozen, or a debugger stopped, may
 * hold it for good (supabase/supabase#44642).
 */
const patience = 10_000;

/** Runs a task when no other one runs, in any tab. */
export type Lock = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Makes the lock that login, signup, refresh and logout share across tabs (Web Locks).
 *
 * It keeps them in order, but nothing depends on it: the server takes any number of refreshes at
 * the same time. So where there are no Web Locks (pages over plain http, other than localhost),
 * each tab has its own queue; and who has waited too long goes without instead of stealing it.
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
