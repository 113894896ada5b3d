import { createHash, timingSafeEqual } from "node:crypto";
import { prune } from "#db/prune.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problem.ts";
import { route } from "#lib/http/route.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";

/**
 * What a server that lives on does by itself (lib/server/maintenance.ts), for deployments without one:
 * sends what mail could not be sent, and prunes. Vercel's scheduler sends a GET with
 * `Authorization: Bearer $CRON_SECRET`; what has expired is over with or without it.
 */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/cron", {
  GET: async (request, { config, db, now }) => {
    const given = request.headers.get("authorization") ?? "";
    if (!config.cronSecret) {
      throw new Problem("not_found", "Set CRON_SECRET to have this done from here.");
    }
    if (!isSame(given, `Bearer ${config.cronSecret}`)) {
      throw new Problem("token_invalid", "Send CRON_SECRET: Authorization: Bearer <secret>.");
    }
    const pruned = await prune(db, now, auditRetention);
    await deliverDueEmails({ db, config });
    return json({ pruned });
  },
});

/** Takes the same time wherever they differ, and however long they are. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
