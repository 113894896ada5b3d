import { setDeletion } from "#db/deletions.ts";
import type { UserRow } from "#db/users.ts";
import { pageLink } from "#lib/mail/links.ts";
import { audit } from "./audit.ts";
import type { AuthContext } from "./context.ts";
import { notify } from "./notices.ts";

/** Keeps an account that was to be deleted, because its owner has signed in (docs/decisions/9). */
export async function keepAccount(context: AuthContext, user: UserRow): Promise<void> {
  if (user.deletes_at === null) return;
  await setDeletion(context.db.query, user.id, null);
  await audit(context, "deletion_cancelled", { userId: user.id });
  const link = pageLink(context.config, "/me");
  await notify(context, user, { kind: "account_kept", link });
}
