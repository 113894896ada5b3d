/**
 * Sign-ups where EMAIL_VERIFICATION is "required". Each is kept until its address is confirmed, in
 * the same way whether or not an account has the address: nothing that an attacker tries before or
 * after tells which (red team 3). A pending sign-up reserves neither its username nor its address.
 */
import { findHeldUsernames } from "#db/held-usernames.ts";
import { deleteMailTokensOf, isAddressReserved } from "#db/mail-tokens.ts";
import {
  deletePendingSignUp,
  insertPendingSignUp,
  lockPendingSignUp,
  type PendingSignUpRow,
} from "#db/pending-sign-ups.ts";
import { findUserByEmail, findUserByIdentifier, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { issueMailToken } from "#lib/auth/email/mail-tokens.ts";
import { sendVerification } from "#lib/auth/email/requests.ts";
import { signUpLifetime } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { insertUnlessReserved } from "./insert-user.ts";

export type SignUpStart =
  | { kind: "verification_sent"; signUp: PendingSignUpRow }
  | { kind: "username_taken" };

/**
 * Keeps the sign-up and writes to its address: the link to the visitor or, if the address has an
 * account, news to its owner. As many rows are written in either case, so that the time does not
 * tell which (ASVS 6.3.8).
 */
export async function startSignUp(
  tx: AuthContext,
  user: UserRow,
  next: string | undefined,
): Promise<SignUpStart> {
  const { query } = tx.db;
  const [held] = await findHeldUsernames(query, [user.username_key], user.id, tx.now);
  if (held !== undefined || (await findUserByIdentifier(query, user.username))) {
    return { kind: "username_taken" };
  }
  const owner = await findUserByEmail(query, user.email);
  const reserved = await isAddressReserved(query, user.email_key, user.id, tx.now);
  const { id, username, username_key, email, email_key, name, password_hash } = user;
  const signUp: PendingSignUpRow = {
    ...{ id, username, username_key, email, email_key, name, password_hash },
    created_at: tx.now,
    expires_at: tx.now + signUpLifetime,
  };
  await insertPendingSignUp(query, signUp);
  if (owner || reserved) await tellOwner(tx, signUp, owner);
  else await sendVerification(tx, signUp, next);
  return { kind: "verification_sent", signUp };
}

/** Tells the owner of the address, and not the caller, that it already has an account. */
async function tellOwner(
  tx: AuthContext,
  { email }: PendingSignUpRow,
  owner: UserRow | undefined,
): Promise<void> {
  await audit(tx, "signup_refused", { userId: owner?.id });
  await issueMailToken(tx, "verify_email", undefined, email);
  const link = pageLink(tx.config, "/forgot-password");
  const mail = { kind: "address_in_use", link } as const;
  await enqueueEmail(tx, { user: owner, to: owner?.email ?? email, email: mail });
}

export type SignUpEnd =
  | { kind: "joined"; user: UserRow }
  /** Somebody took the username meanwhile. Nothing has changed; another one may be given. */
  | { kind: "username_taken" }
  /** It has become a user already, or somebody else confirmed the address first. */
  | { kind: "gone" };

/**
 * Makes the sign-up a user with the same id, whose address is yet to be marked as verified. Other
 * sign-ups for the address stay until they expire: if they went, their makers would see that it has
 * an account now.
 */
export async function completeSignUp(
  tx: AuthContext,
  id: string,
  chosen: { username?: string | undefined; passwordHash?: string | undefined },
): Promise<SignUpEnd> {
  const { query } = tx.db;
  // Of two presses at the same time, the second waits here and then finds nothing.
  const signUp = await lockPendingSignUp(query, id);
  if (!signUp) return { kind: "gone" };
  const username = chosen.username ?? signUp.username;
  const user: UserRow = {
    id,
    username,
    username_key: username.toLowerCase(),
    email: signUp.email,
    email_key: signUp.email_key,
    email_verified: 0,
    name: signUp.name,
    role: "user",
    is_active: 1,
    password_hash: chosen.passwordHash ?? signUp.password_hash,
    joined_at: tx.now,
    last_login_at: null,
    deletes_at: null,
  };
  const { kind } = await insertUnlessReserved(tx, user);
  // Another name would not help where the address is taken as well.
  const addressTaken = kind !== "ok" && (await findUserByEmail(query, signUp.email));
  if (kind === "email_taken" || addressTaken) return { kind: "gone" };
  if (kind === "username_taken") return { kind };
  await deletePendingSignUp(query, id);
  await deleteMailTokensOf(query, id, ["verify_email"]);
  await audit(tx, "signup", { userId: id });
  return { kind: "joined", user };
}
