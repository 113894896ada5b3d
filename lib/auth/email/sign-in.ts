import { replacePassword, setEmailVerified, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { unusablePassword } from "#lib/auth/password/change.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { findPresented, type Presented, useUp } from "./mail-tokens.ts";

/**
 * Signs in by a mailed link or code: `begin` starts the session in the transaction that uses it up.
 * Undefined when it is worth nothing.
 */
export async function signInByMail<Result>(
  context: AuthContext,
  presented: Presented,
  begin: (context: AuthContext, user: UserRow) => Promise<Result>,
): Promise<{ user: UserRow; result: Result } | undefined> {
  const found = await findPresented(context, "sign_in", presented);
  if (!found) return undefined;
  return context.db.atomically(async (db) => {
    const within = { ...context, db };
    const used = await useUp(within, found);
    if (!used) return undefined;
    const user = await claim(within, used.user);
    return { user, result: await begin(within, user) };
  });
}

/**
 * The mailbox's owner is here for the first time. Whoever made the account may be somebody else,
 * who waits for just this: their password and sessions end (better-auth CVE-2026-53516).
 */
async function claim(context: AuthContext, user: UserRow): Promise<UserRow> {
  if (user.email_verified === 1) return user;
  const { query } = context.db;
  await setEmailVerified(query, user.id, true);
  await replacePassword(query, user, unusablePassword);
  await audit(context, "email_verified", { userId: user.id });
  await audit(context, "password_changed", { userId: user.id, detail: "void" });
  await revoke(context, user.id, "all", "password_changed");
  return { ...user, email_verified: 1, password_hash: unusablePassword };
}
