/**
 * What a mailed link does to the account that it opens. Anybody can sign up with another person's
 * address and wait until its owner presses our link, so the link alone says who reads the mailbox
 * and nothing about who has the password and the sessions (red team 1, better-auth CVE-2026-53516).
 */
import { setDeletion } from "#db/deletions.ts";
import { deleteMailTokensOf } from "#db/mail-tokens.ts";
import type { MailTokenPurpose } from "#db/schema.ts";
import { setEmailVerified, setPasswordOf, type UserRow, unusablePassword } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { forgetFailures } from "#lib/auth/guard/rate-limits.ts";
import { belongsTo, type SignUpCookie, type SignUpOwner } from "#lib/auth/guard/sign-up-cookie.ts";
import { notifyOf } from "#lib/auth/notices.ts";
import { revoke } from "#lib/auth/session/revocation.ts";

/** What the request brings, beside the link, that tells whose browser it is. */
export interface Presence {
  /** The user whose live session it is. */
  userId: string | undefined;
  /** The mark that signing up left in the browser. */
  signUp: SignUpCookie | undefined;
}

/** Who has pressed a link, as far as that is known. */
export type Presser =
  /** The one who has the account: by its live session, its sign-up's cookie or its password. */
  | { kind: "holder" }
  /** The mailbox's owner, of whom no more is known. This hash replaces the password's. */
  | { kind: "mailbox_owner"; passwordHash: string };

/** Whether the link was pressed where the account's live session or its sign-up's own cookie is. */
export function isHolder({ userId, signUp }: Presence, owner: SignUpOwner): boolean {
  return userId === owner.id || belongsTo(signUp, owner);
}

/**
 * Gives the account, whose row the transaction has locked, to the owner of its mailbox. If that is
 * the one who holds it, everything stays. Otherwise everything that was there before is void:
 * password, sessions, mailed tokens and, with the password that they are bound to, the device cookies
 * and the sign-up's own one. Whatever else signs in has to be voided here, too.
 */
export async function claim(tx: AuthContext, user: UserRow, presser: Presser): Promise<UserRow> {
  const claimed = await verifyAddress(tx, user);
  return presser.kind === "holder" ? claimed : voidAccess(tx, claimed, presser.passwordHash);
}

async function verifyAddress(tx: AuthContext, user: UserRow): Promise<UserRow> {
  if (user.email_verified === 1) return user;
  await setEmailVerified(tx.db.query, user.id, true);
  await deleteMailTokensOf(tx.db.query, user.id, ["verify_email"]);
  await audit(tx, "email_verified", { userId: user.id });
  return { ...user, email_verified: 1 };
}

/** The undo links stay: they belong to the owners of the addresses that the account had before. */
const voided: MailTokenPurpose[] = ["verify_email", "reset_password", "sign_in", "change_email"];

async function voidAccess(tx: AuthContext, user: UserRow, passwordHash: string): Promise<UserRow> {
  const { query } = tx.db;
  const hasPassword = passwordHash !== unusablePassword;
  await setPasswordOf(query, user.id, passwordHash);
  await deleteMailTokensOf(query, user.id, voided);
  await audit(tx, "password_changed", { userId: user.id, detail: hasPassword ? "" : "void" });
  await revoke(tx, user.id, "all", "password_changed");
  await forgetFailures(tx, user);
  if (user.deletes_at !== null) {
    await setDeletion(query, user.id, null);
    await audit(tx, "deletion_cancelled", { userId: user.id });
  }
  if (hasPassword) await notifyOf(tx, user, "password_changed");
  return { ...user, password_hash: passwordHash, deletes_at: null };
}
