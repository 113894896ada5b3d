import type { Database } from "#db/index.ts";
import { prune } from "#db/prune.ts";
import { log } from "#lib/http/log.ts";

/** Milliseconds. */
const every = 60 * 60 * 1000;

/** Removes what has expired, once an hour, for as long as this process lives. */
export function schedulePruning(db: Database): void {
  const timer = setInterval(() => {
    prune(db, Date.now()).catch((error: unknown) => log.error({ err: error }, "pruning failed"));
  }, every);
  // It is no reason for the process to stay.
  timer.unref();
}
