import { isMigrated } from "#db/migrate.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

/** Ready: the database responds, and is as new as this program. Send no traffic before. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/health", {
  GET: async (_request, { db }) => {
    if (!(await isMigrated(db))) {
      throw new Problem("unavailable", "The database is not migrated; run `npm run db:migrate`.");
    }
    return json({ status: "ok", database: "ok" });
  },
});
