import { createHash, timingSafeEqual } from "node:crypto";
import { prune } from "#db/prune.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problem.ts";
import { route } from "#lib/http/route.ts";

/**
 * What a server does by itself every hour, for deployments without one. Vercel's scheduler sends
 * a GET with `Authorization: Bearer $CRON_SECRET`; what has expired is over with or without it.
 */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/cron/prune", {
  GET: async (request, { config, db, now }) => {
    const given = request.headers.get("authorization") ?? "";
    if (!config.cronSecret) {
      throw new Problem("not_found", "Set CRON_SECRET to prune from here.");
    }
    if (!isSame(given, `Bearer ${config.cronSecret}`)) {
      throw new Problem("token_invalid", "Send CRON_SECRET: Authorization: Bearer <secret>.");
    }
    return json({ pruned: await prune(db, now) });
  },
});

/** Takes the same time wherever they differ, and however long they are. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
