import { prune } from "#db/prune.ts";
import { auditRetention } from "#lib/contract/lifetimes.ts";
import { isEqual } from "#lib/crypto/digest.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";

/**
 * What a server that lives on does by itself (lib/server/maintenance.ts), for deployments without one:
 * sends what mail could not be sent, and prunes. Vercel's scheduler sends a GET with
 * `Authorization: Bearer $CRON_SECRET`; what has expired is over with or without it.
 */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/cron", {
  GET: async (request, { config, keyring, db, now }) => {
    const given = request.headers.get("authorization") ?? "";
    if (!config.cronSecret) {
      throw new Problem("not_found", "Set CRON_SECRET to have this done from here.");
    }
    if (!isEqual(given, `Bearer ${config.cronSecret}`)) {
      throw new Problem("token_invalid", "Send CRON_SECRET: Authorization: Bearer <secret>.");
    }
    const pruned = await prune(db, now, auditRetention);
    await deliverDueEmails({ db, config, keyring });
    return json({ pruned });
  },
});
