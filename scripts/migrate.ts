/** `npm run db:migrate`: brings the database that DATABASE_URL names to the newest version. */
import { migrate } from "#db/migrate.ts";
import { runScript } from "./lib/run-script.ts";

await runScript(async ({ db }) => {
  const ran = await migrate(db);
  console.log(ran.length > 0 ? `Migrated: ${ran.join(", ")}.` : "The database is up to date.");
});
