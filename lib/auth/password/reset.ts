/** Choosing a new password with an emailed link. */
import type { UserRow } from "#db/users.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { claim } from "#lib/auth/email/claim.ts";
import { findRedeemable, useUp } from "#lib/auth/email/mail-tokens.ts";
import { countHash } from "#lib/auth/guard/hash-limits.ts";
import { consume, type Limit } from "#lib/auth/guard/rate-limits.ts";
import { hashPassword } from "./hash.ts";
import { refusePassword } from "./policy.ts";

export type PasswordReset =
  | { kind: "reset"; user: UserRow }
  | { kind: "link_invalid" }
  | { kind: "weak_password"; message: string };

/**
 * Sets the password, which verifies the address as well. It does not sign the reader in, who may
 * not be the owner. A password that is refused does not use the link up.
 * @throws {RateLimitedError}
 */
export async function resetPassword(
  context: AuthContext,
  token: string,
  password: string,
): Promise<PasswordReset> {
  const found = await findRedeemable(context, "reset_password", token);
  if (!found) return { kind: "link_invalid" };
  const { user } = found;
  const message = await refusePassword(password, user, context.config);
  if (message !== undefined) return { kind: "weak_password", message };
  const limit: Limit = { kind: "reset by account", of: user.id };
  await consume(context, limit);
  // Before the transaction: SQLite has one connection, and hashing takes long.
  const hash = await countHash(context, user.id, [limit], (claimant) =>
    hashPassword(password, claimant),
  );
  return transaction(context, async (tx) => {
    const used = await useUp(tx, found);
    if (!used) return { kind: "link_invalid" };
    const presser = { kind: "mailbox_owner", passwordHash: hash } as const;
    return { kind: "reset", user: await claim(tx, used.user, presser) };
  });
}
