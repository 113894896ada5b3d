/** Changing the password with the one in use. Every other session ends. */
import { deleteMailTokensOf } from "#db/mail-tokens.ts";
import type { SessionRow } from "#db/sessions.ts";
import { replacePassword, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { countHash } from "#lib/auth/guard/hash-limits.ts";
import { notifyOf } from "#lib/auth/notices.ts";
import type { Delivery } from "#lib/auth/session/refresh-token.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { renewSession, type SignIn, type Visitor } from "#lib/auth/sign-in.ts";
import { checkPassword } from "./check.ts";
import { hashPassword } from "./hash.ts";
import { refusePassword } from "./policy.ts";

export type PasswordChange =
  | SignIn
  | { kind: "wrong_password" }
  | { kind: "weak_password"; message: string };

/**
 * Replaces the password and ends every session; the browser goes on in a new one.
 * @throws {RateLimitedError}
 */
export async function changePassword(
  context: AuthContext,
  visitor: Visitor,
  { session, user }: { session: Pick<SessionRow, "id" | "remember">; user: UserRow },
  { current, next, delivery }: { current: string; next: string; delivery: Delivery },
): Promise<PasswordChange> {
  if (!(await checkPassword(context, user, current))) return { kind: "wrong_password" };
  const message = await refusePassword(next, user, context.config);
  if (message !== undefined) return { kind: "weak_password", message };
  const hash = await countHash(context, user.id, [], (claimant) => hashPassword(next, claimant));
  return transaction(context, async (tx) => {
    if (!(await setPasswordHash(tx, user, hash))) return { kind: "wrong_password" };
    const changed = { session, user: { ...user, password_hash: hash } };
    return renewSession(tx, visitor, changed, { amr: ["pwd"], delivery });
  });
}

/**
 * Replaces the hash, voids what the old password allowed, and tells the owner. Returns false when
 * the password is no longer the one that `user` was read with.
 */
async function setPasswordHash(tx: AuthContext, user: UserRow, hash: string): Promise<boolean> {
  const { query } = tx.db;
  if (!(await replacePassword(query, user, hash))) return false;
  await deleteMailTokensOf(query, user.id, ["reset_password", "sign_in", "change_email"]);
  await audit(tx, "password_changed", { userId: user.id });
  await revoke(tx, user.id, "all", "password_changed");
  await notifyOf(tx, user, "password_changed");
  return true;
}
