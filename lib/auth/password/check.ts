/** Whether a password is its user's, for signed-in users who have to show it again. */
import { lockUser, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { countHash } from "#lib/auth/guard/hash-limits.ts";
import { consume, settle } from "#lib/auth/guard/rate-limits.ts";
import { verifyPassword } from "./hash.ts";

type Owner = Pick<UserRow, "id" | "password_hash">;

/**
 * Whether `password` is the user's. Counted as a sign-in is, so that a borrowed browser is no place
 * to guess in.
 * @throws {RateLimitedError}
 */
export async function checkPassword(
  context: AuthContext,
  user: Owner,
  password: string,
): Promise<boolean> {
  const limits = [
    { kind: "password by account", of: user.id },
    { kind: "failures in a row by step-up", of: user.id },
  ] as const;
  for (const limit of limits) await consume(context, limit);
  const right = await countHash(context, user.id, limits, (claimant) =>
    verifyPassword(password, user.password_hash, claimant),
  );
  if (right) await settle(context, limits);
  else await audit(context, "reauthentication_failed", { userId: user.id });
  return right;
}

/**
 * Locks the account until the transaction ends, and returns it. Returns undefined if the password
 * that was just right has been replaced, or the account is gone or disabled: hashing takes long
 * enough for that, and an attacker's proof must not outlive the owner's new password.
 */
export async function lockProved(tx: AuthContext, user: Owner): Promise<UserRow | undefined> {
  const locked = await lockUser(tx.db.query, user.id);
  const same = locked?.is_active === 1 && locked.password_hash === user.password_hash;
  return same ? locked : undefined;
}
