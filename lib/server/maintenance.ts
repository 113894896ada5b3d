/** What a server does by itself for as long as it lives; Vercel's scheduler calls /api/cron instead. */
import { isUnavailable } from "#db/index.ts";
import { prune } from "#db/prune.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { log } from "#lib/log.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";
import type { Services } from "#lib/services.ts";

/** Milliseconds. Mail is sent right after the answer; this is for what failed then. */
const mailEvery = 5_000;
export const pruneEvery = 60 * 60 * 1000;

/** Removes what has expired, and sends what could not be sent before. */
export function scheduleMaintenance(services: Services): void {
  every(mailEvery, "sending mail", () => deliverDueEmails(services));
  every(pruneEvery, "pruning", async () => {
    await prune(services.db, Date.now(), auditRetention);
  });
}

/** One run after the other, however long one takes. */
function every(interval: number, what: string, run: () => Promise<void>): void {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    try {
      await run();
    } catch (error) {
      if (isUnavailable(error)) log.warn({ reason: String(error) }, `${what} has to wait`);
      else log.error({ err: error }, `${what} failed`);
    }
    running = false;
  }, interval);
  // It is no reason for the process to stay.
  timer.unref();
}
