/** Deleting an account, after a grace period in which signing in keeps it. */
import { setDeletion } from "#db/deletions.ts";
import type { UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { consume } from "#lib/auth/guard/rate-limits.ts";
import { notify } from "#lib/auth/notices.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { deletionGracePeriod } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";

/**
 * Ends every session now and the account later. Returns when, in Unix milliseconds.
 * @throws {RateLimitedError}
 */
export async function scheduleDeletion(context: AuthContext, user: UserRow): Promise<number> {
  await consume(context, { kind: "deletions by account", of: user.id });
  const deletesAt = context.now + deletionGracePeriod;
  await transaction(context, async (tx) => {
    await setDeletion(tx.db.query, user.id, deletesAt);
    await audit(tx, "deletion_scheduled", { userId: user.id });
    await revoke(tx, user.id, "all", "user_deleted");
    const link = pageLink(tx.config, "/login");
    await notify(tx, user, { kind: "account_deletion", link, deletesAt });
  });
  return deletesAt;
}
