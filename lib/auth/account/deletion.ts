/** Deleting an account, after a week in which signing in takes it back. */
import { setDeletion } from "#db/deletions.ts";
import type { UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { deletionGracePeriod } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";
import { notify } from "./notices.ts";

/** Ends every session now and the account later; answers when (Unix milliseconds). */
export async function scheduleDeletion(context: AuthContext, user: UserRow): Promise<number> {
  const deletesAt = context.now + deletionGracePeriod;
  await context.db.atomically(async (db) => {
    const within = { ...context, db };
    await setDeletion(db.query, user.id, deletesAt);
    await audit(within, "deletion_scheduled", { userId: user.id });
    await revoke(within, user.id, "all", "user_deleted");
    const link = pageLink(context.config, "/login");
    await notify(within, user, { kind: "account_deletion", link, deletesAt });
  });
  return deletesAt;
}

/** Its owner has signed in: the account stays. */
export async function keepAccount(context: AuthContext, user: UserRow): Promise<void> {
  if (user.deletes_at === null) return;
  await setDeletion(context.db.query, user.id, null);
  await audit(context, "deletion_cancelled", { userId: user.id });
  const link = pageLink(context.config, "/me");
  await notify(context, user, { kind: "account_kept", link });
}
