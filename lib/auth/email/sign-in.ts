/** Signing in with an emailed link or code. */
import { setEmailVerified, setPasswordOf, type UserRow, unusablePassword } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import type { SessionOptions } from "#lib/auth/session/sessions.ts";
import { type SignIn, signIn, type Visitor } from "#lib/auth/sign-in.ts";
import type { Presented } from "#lib/contract/schemas.ts";
import { findPresented, useUp } from "./mail-tokens.ts";

/**
 * Signs in with what an email carried. The session starts in the transaction that uses the link or
 * code up, so both happen or neither does.
 * @throws {RateLimitedError}
 */
export async function signInWithEmail(
  context: AuthContext,
  visitor: Visitor,
  presented: Presented,
  options: SessionOptions,
): Promise<SignIn | { kind: "link_invalid" }> {
  const found = await findPresented(context, "sign_in", presented, visitor.requestId);
  if (!found) return { kind: "link_invalid" };
  return transaction(context, async (tx) => {
    const used = await useUp(tx, found);
    if (!used) return { kind: "link_invalid" };
    const user = await claim(tx, used.user);
    // RFC 8176 calls it a one-time password, which is what a link amounts to.
    const proof = { user, amr: ["otp"], occasion: { kind: "sign_in" } } as const;
    return signIn(tx, visitor, proof, options);
  });
}

/**
 * The mailbox's owner is here for the first time. An attacker may have created the account and be
 * waiting for just this, so its password and sessions end (better-auth CVE-2026-53516).
 */
async function claim(tx: AuthContext, user: UserRow): Promise<UserRow> {
  if (user.email_verified === 1) return user;
  const { query } = tx.db;
  await setEmailVerified(query, user.id, true);
  await setPasswordOf(query, user.id, unusablePassword);
  await audit(tx, "email_verified", { userId: user.id });
  await audit(tx, "password_changed", { userId: user.id, detail: "void" });
  await revoke(tx, user.id, "all", "password_changed");
  return { ...user, email_verified: 1, password_hash: unusablePassword };
}
