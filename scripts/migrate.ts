/** `npm run db:migrate`: brings the database of DATABASE_URL to the newest version. */
import { migrate, migrationStatus } from "#db/migrate.ts";
import { runScript } from "./lib/run-script.ts";

const usage = `
Usage: npm run db:migrate [-- --status]

Brings the database that DATABASE_URL names to the newest version. Safe to run again, and safe to
run twice at once. A deployment runs it before anything serves.

  --status  only says what has run and what has not; exits with 1 when something is missing
`;

await runScript(usage, { status: { type: "boolean" } }, async ({ db, config }, { values }) => {
  if (!config.sessionsHere) {
    console.log("This deployment has pages only, and no database. The API's has one.");
    return;
  }
  if (values.status) {
    const all = await migrationStatus(db);
    for (const { name, at } of all)
      console.log(`${at?.toISOString() ?? "not yet".padEnd(24)}  ${name}`);
    if (all.some(({ at }) => at === undefined)) process.exitCode = 1;
    return;
  }
  const ran = await migrate(db);
  console.log(ran.length > 0 ? `Migrated: ${ran.join(", ")}.` : "The database is up to date.");
});
