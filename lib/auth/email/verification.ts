import { setEmailVerified, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { findPresented, type Presented, useUp } from "./mail-tokens.ts";

/** Takes the address for its owner's. Undefined when the link or code is worth nothing. */
export async function verifyEmail(
  context: AuthContext,
  presented: Presented,
): Promise<UserRow | undefined> {
  const found = await findPresented(context, "verify_email", presented);
  if (!found) return undefined;
  return context.db.atomically(async (db) => {
    const within = { ...context, db };
    const used = await useUp(within, found);
    if (!used) return undefined;
    await setEmailVerified(db.query, used.user.id, true);
    await audit(within, "email_verified", { userId: used.user.id });
    return { ...used.user, email_verified: 1 };
  });
}
