/**
 * Verifying an address by the link or code of an email. Pressed where neither the account's session
 * nor the sign-up's own cookie is, it takes the password that was chosen; who can't give it chooses a
 * new one, and everything that was there before is void (lib/auth/email/claim.ts).
 */
import type { MailTokenRow } from "#db/mail-tokens.ts";
import { findPendingSignUp, type PendingSignUpRow } from "#db/pending-sign-ups.ts";
import { lockUser, type UserRow } from "#db/users.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { claim, isHolder, type Presence, type Presser } from "#lib/auth/email/claim.ts";
import {
  findPresentedToken,
  findToken,
  type Redeemable,
  useUp as redeem,
  withUser,
} from "#lib/auth/email/mail-tokens.ts";
import { countHash } from "#lib/auth/guard/hash-limits.ts";
import { consume, type Limit } from "#lib/auth/guard/rate-limits.ts";
import { checkPassword } from "#lib/auth/password/check.ts";
import { hashPassword } from "#lib/auth/password/hash.ts";
import { refusePassword } from "#lib/auth/password/policy.ts";
import type { Presented } from "#lib/contract/schemas.ts";
import { completeSignUp } from "./pending.ts";

/** What a link or code verifies: the address of an account, or of a sign-up that waits for it. */
export type Verifiable =
  | ({ kind: "account" } & Redeemable)
  | { kind: "sign_up"; row: MailTokenRow; user: PendingSignUpRow };

export interface VerificationInput {
  presented: Presented;
  /** The password that was chosen at sign-up. */
  password?: string | undefined;
  /** For who did not choose one, or does not know it. */
  newPassword?: string | undefined;
  /** Another username, if somebody took the one of the sign-up meanwhile. */
  username?: string | undefined;
}

export type Verification =
  | { kind: "verified"; user: UserRow }
  | { kind: "link_invalid" | "password_required" | "wrong_password" | "username_taken" }
  | { kind: "weak_password"; message: string };

/**
 * Marks the address as verified. Until that is done, the link or code is not used up.
 * @throws {RateLimitedError}
 */
export async function verifyEmail(
  context: AuthContext,
  presence: Presence,
  input: VerificationInput,
): Promise<Verification> {
  const row = await findPresentedToken(context, "verify_email", input.presented);
  const found = row && (await findVerifiable(context, row));
  if (!found) return { kind: "link_invalid" };
  if (input.username !== undefined) {
    await consume(context, { kind: "usernames by network", of: context.caller.network });
  }
  const proved = await prove(context, presence, found.user, input);
  if (proved.kind !== "holder" && proved.kind !== "mailbox_owner") return proved;
  return transaction(context, async (tx) => {
    if (found.kind === "sign_up") return verifySignUp(tx, found.user, proved, input.username);
    if (await hasOtherPassword(tx, found.user)) return { kind: "password_required" };
    return verifyAccount(tx, found, proved);
  });
}

/** Finds what a link's token verifies, without using it up. */
export async function findVerification(
  context: Pick<AuthContext, "db" | "now">,
  token: string,
): Promise<Verifiable | undefined> {
  const row = await findToken(context, "verify_email", token);
  return row && findVerifiable(context, row);
}

async function findVerifiable(
  { db, now }: Pick<AuthContext, "db" | "now">,
  row: MailTokenRow,
): Promise<Verifiable | undefined> {
  const found = await withUser(db, row);
  if (found) return found.user.email_verified === 1 ? undefined : { kind: "account", ...found };
  const user = await findPendingSignUp(db.query, row.user_id, now);
  return user && { kind: "sign_up", row, user };
}

/** Finds out who presses. @throws {RateLimitedError} */
async function prove(
  context: AuthContext,
  presence: Presence,
  owner: UserRow | PendingSignUpRow,
  { password, newPassword }: VerificationInput,
): Promise<Presser | Verification> {
  if (newPassword !== undefined) return chooseNew(context, owner, newPassword);
  if (isHolder(presence, owner)) return { kind: "holder" };
  if (password === undefined) return { kind: "password_required" };
  const right = await checkPassword(context, owner, password);
  return { kind: right ? "holder" : "wrong_password" };
}

async function chooseNew(
  context: AuthContext,
  owner: UserRow | PendingSignUpRow,
  newPassword: string,
): Promise<Presser | Verification> {
  const message = await refusePassword(newPassword, owner, context.config);
  if (message !== undefined) return { kind: "weak_password", message };
  // With a valid link each attempt costs a hash.
  const limit: Limit = { kind: "reset by account", of: owner.id };
  await consume(context, limit);
  const passwordHash = await countHash(context, owner.id, [limit], (claimant) =>
    hashPassword(newPassword, claimant),
  );
  return { kind: "mailbox_owner", passwordHash };
}

/** Whether the proof was about a password that has been replaced since. Locks the account. */
async function hasOtherPassword(tx: AuthContext, user: UserRow): Promise<boolean> {
  const locked = await lockUser(tx.db.query, user.id);
  return locked !== undefined && locked.password_hash !== user.password_hash;
}

async function verifyAccount(
  tx: AuthContext,
  found: Redeemable,
  presser: Presser,
): Promise<Verification> {
  const used = await redeem(tx, found);
  if (used?.user.email_verified !== 0) return { kind: "link_invalid" };
  return { kind: "verified", user: await claim(tx, used.user, presser) };
}

async function verifySignUp(
  tx: AuthContext,
  signUp: PendingSignUpRow,
  presser: Presser,
  username: string | undefined,
): Promise<Verification> {
  const passwordHash = presser.kind === "holder" ? undefined : presser.passwordHash;
  const ended = await completeSignUp(tx, signUp.id, { username, passwordHash });
  switch (ended.kind) {
    case "gone":
      return { kind: "link_invalid" };
    case "username_taken":
      return { kind: "username_taken" };
    case "joined":
      // The account is a moment old: there is nothing from before that would have to be void.
      return { kind: "verified", user: await claim(tx, ended.user, { kind: "holder" }) };
  }
}
