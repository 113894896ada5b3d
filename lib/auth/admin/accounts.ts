/** What an operator with a shell, or an administrator, does to another person's account. */
import { insertUser, replacePassword, setUserActive, type UserRow } from "#db/users.ts";
import { type NewUser, newUserRow } from "#lib/auth/account/sign-up.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { forgetFailures } from "#lib/auth/guard/rate-limits.ts";
import { notifyOf } from "#lib/auth/notices.ts";
import { hashPassword } from "#lib/auth/password/hash.ts";
import { refusePassword } from "#lib/auth/password/policy.ts";
import { revoke } from "#lib/auth/session/revocation.ts";

export type Refused = { kind: "refused"; message: string };

/** Creates an account by the rules of signing up, but without its limits. */
export async function createUser(
  context: AuthContext,
  input: NewUser & { role: string },
): Promise<{ kind: "created"; user: UserRow } | Refused> {
  const { db, config } = context;
  const message = await refusePassword(input.password, input, config);
  if (message !== undefined) return { kind: "refused", message };
  const user = { ...(await newUserRow(input, context.now)), role: input.role, last_login_at: null };
  const inserted = await insertUser(db.query, user);
  if (inserted.kind !== "ok") {
    const what =
      inserted.kind === "email_taken" ? `The email ${input.email}` : `"${input.username}"`;
    return { kind: "refused", message: `${what} is taken.` };
  }
  await audit(context, "user_created", { userId: user.id });
  return { kind: "created", user };
}

/** Keeps the user from signing in, and ends every session. Returns how many ended. */
export async function disableUser(context: AuthContext, userId: string): Promise<number> {
  return transaction(context, async (tx) => {
    await setUserActive(tx.db.query, userId, false);
    await audit(tx, "user_disabled", { userId });
    return revoke(tx, userId, "all", "user_disabled");
  });
}

export async function enableUser(context: AuthContext, userId: string): Promise<void> {
  await setUserActive(context.db.query, userId, true);
  await audit(context, "user_enabled", { userId });
}

/** Replaces the password and ends every session. Returns how many ended. */
export async function setPassword(
  context: AuthContext,
  user: UserRow,
  password: string,
): Promise<{ kind: "set"; ended: number } | Refused> {
  const message = await refusePassword(password, user, context.config);
  if (message !== undefined) return { kind: "refused", message };
  const hash = await hashPassword(password);
  const ended = await transaction(context, async (tx) => {
    await replacePassword(tx.db.query, user, hash);
    await audit(tx, "password_changed", { userId: user.id });
    await notifyOf(tx, user, "password_changed");
    return revoke(tx, user.id, "all", "password_changed");
  });
  await forgetFailures(context, user.id);
  return { kind: "set", ended };
}
