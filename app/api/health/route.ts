import { sql } from "kysely";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/health", {
  GET: async (_request, { db }) => {
    await sql`select 1 from users limit 1`.execute(db.query);
    return json({ status: "ok", database: "ok" });
  },
});
