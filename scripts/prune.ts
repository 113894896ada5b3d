/** `npm run prune`: removes what has expired, as a running server does by itself. */
import { prune } from "#db/prune.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { pruneEvery } from "#lib/server/maintenance.ts";
import { runScript } from "./lib/run-script.ts";

const usage = `
Usage: npm run prune

Removes sessions that are over, what refuses them no longer, used-up rate limits, and audit events
older than ${durationWords(auditRetention)}. A server that runs all the time does so once ${durationWords(pruneEvery)}, Vercel's cron once a day.
`;

await runScript(usage, {}, async ({ db }) => {
  const pruned = await prune(db, Date.now(), auditRetention);
  for (const [table, rows] of Object.entries(pruned)) console.log(`${table}: ${rows} removed`);
});
