/** `npm run prune`: removes what has expired. A server does so by itself, once an hour. */
import { prune } from "#db/prune.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { runScript } from "./lib/run-script.ts";

const usage = `
Usage: npm run prune

Removes sessions that are over, what refuses them no longer, used-up rate limits, and audit events
older than 90 days. A server that runs all the time does so once an hour, Vercel's cron once a day.
`;

await runScript(usage, {}, async ({ db }) => {
  const pruned = await prune(db, Date.now(), auditRetention);
  for (const [table, rows] of Object.entries(pruned)) console.log(`${table}: ${rows} removed`);
});
