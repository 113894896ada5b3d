import { setEmailVerified, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import type { Presented } from "#lib/contract/schemas.ts";
import { findPresented, useUp } from "./mail-tokens.ts";

/**
 * Marks the address as verified. Returns undefined when the link or code is not valid.
 * @throws {RateLimitedError}
 */
export async function verifyEmail(
  context: AuthContext,
  presented: Presented,
): Promise<UserRow | undefined> {
  const found = await findPresented(context, "verify_email", presented);
  if (!found) return undefined;
  return transaction(context, async (tx) => {
    const used = await useUp(tx, found);
    if (!used) return undefined;
    await setEmailVerified(tx.db.query, used.user.id, true);
    await audit(tx, "email_verified", { userId: used.user.id });
    return { ...used.user, email_verified: 1 };
  });
}
