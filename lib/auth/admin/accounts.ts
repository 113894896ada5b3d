/** What an operator with a shell, or an administrator, does to another person's account. */
import { deleteMailTokensOf } from "#db/mail-tokens.ts";
import { insertUser, lockUser, setPasswordOf, setUserActive, type UserRow } from "#db/users.ts";
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
  const message = await refusePassword(input.password, input, context.config);
  if (message !== undefined) return { kind: "refused", message };
  const user = { ...(await newUserRow(input, context.now)), role: input.role, last_login_at: null };
  return transaction(context, async (tx) => {
    const inserted = await insertUser(tx.db.query, user);
    if (inserted.kind !== "ok") {
      const what =
        inserted.kind === "email_taken" ? `The email ${input.email}` : `"${input.username}"`;
      return { kind: "refused", message: `${what} is taken.` };
    }
    await audit(tx, "user_created", { userId: user.id });
    return { kind: "created", user };
  });
}

/** The user was deleted between the question and the deed. */
const gone: Refused = { kind: "refused", message: "This account is gone. Nothing was changed." };

/** Keeps the user from signing in, and ends every session. `ended` says how many. */
export async function disableUser(
  context: AuthContext,
  userId: string,
): Promise<{ kind: "disabled"; ended: number } | Refused> {
  return transaction(context, async (tx) => {
    if (!(await setUserActive(tx.db.query, userId, false))) return gone;
    await audit(tx, "user_disabled", { userId });
    return { kind: "disabled", ended: await revoke(tx, userId, "all", "user_disabled") };
  });
}

export async function enableUser(
  context: AuthContext,
  userId: string,
): Promise<{ kind: "enabled" } | Refused> {
  return transaction(context, async (tx) => {
    if (!(await setUserActive(tx.db.query, userId, true))) return gone;
    await audit(tx, "user_enabled", { userId });
    return { kind: "enabled" };
  });
}

/**
 * Replaces the password, whatever it is by now, voids what the old one allowed and ends every
 * session. `ended` says how many.
 */
export async function setPassword(
  context: AuthContext,
  user: UserRow,
  password: string,
): Promise<{ kind: "set"; ended: number } | Refused> {
  const message = await refusePassword(password, user, context.config);
  if (message !== undefined) return { kind: "refused", message };
  const hash = await hashPassword(password);
  return transaction(context, async (tx) => {
    const { query } = tx.db;
    // The account as it is now: its owner, or a thief, may have changed it since it was read.
    const locked = await lockUser(query, user.id);
    if (!locked) return gone;
    await setPasswordOf(query, locked.id, hash);
    await deleteMailTokensOf(query, locked.id, ["reset_password", "sign_in", "change_email"]);
    await audit(tx, "password_changed", { userId: locked.id });
    await notifyOf(tx, locked, "password_changed");
    await forgetFailures(tx, locked);
    return { kind: "set", ended: await revoke(tx, locked.id, "all", "password_changed") };
  });
}
