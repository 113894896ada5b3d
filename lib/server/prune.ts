import { pruneSessions } from "#db/blacklist.ts";
import type { Database } from "#db/index.ts";
import { pruneRateLimits } from "#db/rate-limits.ts";
import { log } from "#lib/http/log.ts";

/** Milliseconds. */
const every = 60 * 60 * 1000;

/** Removes what has expired, once an hour, for as long as this process lives. */
export function schedulePruning(db: Database): void {
  const prune = async () => {
    const now = Date.now();
    await pruneSessions(db.query, now);
    await pruneRateLimits(db.query, now);
  };
  const timer = setInterval(() => {
    prune().catch((error: unknown) => log.error({ err: error }, "pruning failed"));
  }, every);
  // It is no reason for the process to stay.
  timer.unref();
}
