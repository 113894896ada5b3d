/** Deleting an account, after a grace period in which signing in keeps it. */
import { setDeletion } from "#db/deletions.ts";
import type { UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { notify } from "#lib/auth/notices.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { deletionGracePeriod } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";

/** Ends every session now and the account later. Returns when, in Unix milliseconds. */
export async function scheduleDeletion(context: AuthContext, user: UserRow): Promise<number> {
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

/** Keeps an account that was to be deleted, because its owner has signed in. */
export async function keepAccount(context: AuthContext, user: UserRow): Promise<void> {
  if (user.deletes_at === null) return;
  await setDeletion(context.db.query, user.id, null);
  await audit(context, "deletion_cancelled", { userId: user.id });
  const link = pageLink(context.config, "/me");
  await notify(context, user, { kind: "account_kept", link });
}
