/** Making an account. */
import { isAddressReserved } from "#db/mail-tokens.ts";
import { deleteUser, type Insertion, insertUser, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { issueMailToken } from "#lib/auth/email/mail-tokens.ts";
import { consumeMail, ignoreLimit, sendVerification } from "#lib/auth/email/requests.ts";
import { consume } from "#lib/auth/guard/rate-limits.ts";
import { hashPassword } from "#lib/auth/password/hash.ts";
import { refusePassword } from "#lib/auth/password/policy.ts";
import { randomId } from "#lib/crypto/random.ts";
import { pageLink } from "#lib/mail/links.ts";
import { post } from "#lib/mail/outbox.ts";

export interface NewUser {
  username: string;
  email: string;
  password: string;
  name: string;
}

export type SignedUp<Result> =
  | { kind: "created"; user: UserRow; result: Result }
  /** A mail says how to go on, to the new account or to the one that has the address already. */
  | { kind: "verification_sent" }
  | { kind: "taken"; what: "username_taken" | "email_taken" }
  | { kind: "weak_password"; message: string };

/**
 * Makes an account, and whatever `begin` makes for it: all of it or nothing, so that nobody whose
 * sign-up failed half-way finds their own name taken.
 * @throws {RateLimitedError}
 */
export async function signUp<Result>(
  context: AuthContext,
  input: NewUser,
  begin: (context: AuthContext, user: UserRow) => Promise<Result>,
): Promise<SignedUp<Result>> {
  const { db, config, now, caller } = context;
  await consume(context, { kind: "signup by address", of: caller.network });
  const message = await refusePassword(input.password, input, config);
  if (message !== undefined) return { kind: "weak_password", message };
  // Where nobody waits for it, a mail too many is left out.
  const mayWrite = await consumeMail(context, "verify_email", input.email).then(
    () => true,
    (error: unknown) => {
      if (config.emailVerificationRequired) throw error;
      ignoreLimit(error);
      return false;
    },
  );

  const user = await newUserRow(input, now);
  return db.atomically(async (atomic) => {
    const within = { ...context, db: atomic };
    const inserted = await insertUnlessReserved(within, user);
    if (inserted.kind === "username_taken") return { kind: "taken", what: inserted.kind };
    if (inserted.kind === "email_taken") {
      if (!config.emailVerificationRequired) return { kind: "taken", what: inserted.kind };
      await tellOwner(within, user, inserted.owner);
      return { kind: "verification_sent" };
    }
    await audit(within, "signup", { userId: user.id });
    if (mayWrite) await sendVerification(within, user);
    if (config.emailVerificationRequired) return { kind: "verification_sent" };
    return { kind: "created", user, result: await begin(within, user) };
  });
}

async function insertUnlessReserved(context: AuthContext, user: UserRow): Promise<Insertion> {
  const { query } = context.db;
  const inserted = await insertUser(query, user);
  if (inserted.kind !== "ok") return inserted;
  // Asked after: who has just changed away from the address was in the way until it was reserved.
  const reserved = await isAddressReserved(query, user.email_key, user.id, context.now);
  if (!reserved) return inserted;
  await deleteUser(query, user.id);
  return { kind: "email_taken", owner: undefined };
}

/**
 * The address has an account, which its owner is told and whoever signs up is not. As many rows are
 * written as for a new account, so that the time tells nothing either.
 */
async function tellOwner(
  context: AuthContext,
  { email }: UserRow,
  owner: UserRow | undefined,
): Promise<void> {
  await audit(context, "signup_refused", { userId: owner?.id });
  await issueMailToken(context, "verify_email", undefined, email);
  const link = pageLink(context.config, "/forgot-password");
  const mail = { kind: "address_in_use", link } as const;
  await post(context, { user: owner, to: owner?.email ?? email, mail });
}

/** The row of a user who has just joined. */
export async function newUserRow(input: NewUser, now: number): Promise<UserRow> {
  return {
    id: randomId(),
    username: input.username,
    username_key: input.username.toLowerCase(),
    email: input.email,
    email_key: input.email.toLowerCase(),
    email_verified: 0,
    name: input.name,
    role: "user",
    is_active: 1,
    password_hash: await hashPassword(input.password),
    joined_at: now,
    last_login_at: now,
    deletes_at: null,
  };
}
