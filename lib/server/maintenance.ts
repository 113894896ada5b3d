/** What a running server does periodically. On Vercel the scheduler calls /api/cron instead. */
import { isUnavailable } from "#db/index.ts";
import { prune } from "#db/prune.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { log } from "#lib/log.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";
import type { Services } from "#lib/services.ts";

/** Milliseconds. Emails are sent right after the response; this is for those that failed then. */
const deliverEvery = 5 * 1000;
export const pruneEvery = 60 * 60 * 1000;

/** Retries emails and removes what has expired, until the process ends. */
export function scheduleMaintenance(services: Services): void {
  every(deliverEvery, "sending mail", () => deliverDueEmails(services));
  every(pruneEvery, "pruning", async () => {
    await prune(services.db, Date.now(), auditRetention);
  });
}

/** Runs `run` every `interval` milliseconds, unless the previous run still goes on. */
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
  // Lets the process exit.
  timer.unref();
}
