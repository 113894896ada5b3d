/** Changing a password, by the one in use or by a mailed link. Other sessions end with it. */
import { deleteMailTokensOf } from "#db/mail-tokens.ts";
import { lockUser, replacePassword, setEmailVerified, type UserRow } from "#db/users.ts";
import { notifyOf } from "#lib/auth/account/notices.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { findRedeemable, useUp } from "#lib/auth/email/mail-tokens.ts";
import { consume, forgetFailures, reset } from "#lib/auth/guard/rate-limits.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { hashPassword, verifyPassword } from "./hash.ts";
import { refusePassword } from "./policy.ts";

/** No password at all, as Django writes it too: nothing that is typed matches. */
export const unusablePassword = "!";

/**
 * Whether `password` is the user's, counted as a login is: a borrowed browser must not be a place
 * to guess in. @throws {RateLimitedError}
 */
export async function checkPassword(
  context: AuthContext,
  user: Pick<UserRow, "id" | "password_hash">,
  password: string,
): Promise<boolean> {
  const limits = [
    { kind: "password by account", of: user.id },
    { kind: "failures in a row by step-up", of: user.id },
  ] as const;
  for (const limit of limits) await consume(context, limit);
  const right = await verifyPassword(password, user.password_hash);
  if (right) for (const limit of limits) await reset(context, limit);
  else await audit(context, "reauthentication_failed", { userId: user.id });
  return right;
}

/**
 * The account as it is now, locked until the transaction ends; undefined if the password that was
 * just right has been replaced, or the account has gone or been disabled. Hashing takes long enough
 * for that, and a thief's login must not outlive the owner's new password.
 */
export async function lockProved(
  { db }: AuthContext,
  user: Pick<UserRow, "id" | "password_hash">,
): Promise<UserRow | undefined> {
  const locked = await lockUser(db.query, user.id);
  const same = locked?.is_active === 1 && locked.password_hash === user.password_hash;
  return same ? locked : undefined;
}

export type PasswordChange<Result> =
  | { kind: "changed"; result: Result }
  | { kind: "wrong_password" }
  | { kind: "weak_password"; message: string };

/** `begin` starts the session with which the browser goes on: all others end. */
export async function changePassword<Result>(
  context: AuthContext,
  user: UserRow,
  { current, next }: { current: string; next: string },
  begin: (context: AuthContext, user: UserRow) => Promise<Result>,
): Promise<PasswordChange<Result>> {
  if (!(await checkPassword(context, user, current))) return { kind: "wrong_password" };
  const message = await refusePassword(next, user, context.config);
  if (message !== undefined) return { kind: "weak_password", message };
  const hash = await hashPassword(next);
  return context.db.atomically(async (db) => {
    const within = { ...context, db };
    if (!(await setPasswordHash(within, user, hash))) return { kind: "wrong_password" };
    return { kind: "changed", result: await begin(within, { ...user, password_hash: hash }) };
  });
}

export type PasswordReset =
  | { kind: "reset"; user: UserRow }
  | { kind: "invalid_token" }
  | { kind: "weak_password"; message: string };

/**
 * Chooses a new password by a mailed link, which proves the address as well. It signs nobody in:
 * the link may have been read by somebody else. A password that is refused uses nothing up.
 */
export async function resetPassword(
  context: AuthContext,
  token: string,
  password: string,
): Promise<PasswordReset> {
  const found = await findRedeemable(context, "reset_password", token);
  if (!found) return { kind: "invalid_token" };
  const { user } = found;
  const message = await refusePassword(password, user, context.config);
  if (message !== undefined) return { kind: "weak_password", message };
  await consume(context, { kind: "reset by account", of: user.id });
  // Before the transaction: SQLite has one connection, and hashing takes its time.
  const hash = await hashPassword(password);
  const done = await context.db.atomically(async (db) => {
    const within = { ...context, db };
    const used = await useUp(within, found);
    if (!used || !(await setPasswordHash(within, used.user, hash))) return undefined;
    await setEmailVerified(db.query, user.id, true);
    await forgetFailures(within, user.id);
    return { ...used.user, password_hash: hash };
  });
  return done ? { kind: "reset", user: done } : { kind: "invalid_token" };
}

/** The rest of every change: whoever had the old password is out, and the owner is told. */
async function setPasswordHash(
  context: AuthContext,
  user: UserRow,
  hash: string,
): Promise<boolean> {
  const { query } = context.db;
  if (!(await replacePassword(query, user, hash))) return false;
  await deleteMailTokensOf(query, user.id, ["reset_password", "sign_in", "change_email"]);
  await audit(context, "password_changed", { userId: user.id });
  await revoke(context, user.id, "all", "password_changed");
  await notifyOf(context, user, "password_changed");
  return true;
}
