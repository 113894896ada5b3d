/**
 * Mail that somebody asks for by typing an address. Whether anybody has it shows neither in the
 * answer nor in its time: the same rows are written for an address that nobody has, and what is
 * queued for nobody is dropped instead of sent.
 */
import type { MailTokenPurpose } from "#db/schema.ts";
import { findUserByEmail, type UserRow } from "#db/users.ts";
import { type AuditType, audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { consume, RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import type { Email } from "#lib/mail/email.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { issueMailToken } from "./mail-tokens.ts";

/**
 * Counts a mail to `email` that a stranger may have asked for. Each purpose by itself: whoever has
 * three sign-in links sent to somebody must not keep them from a new password.
 * @throws {RateLimitedError}
 */
export async function consumeMail(
  context: AuthContext,
  purpose: MailTokenPurpose,
  email: string,
): Promise<void> {
  // The network first: one that has used up its mails cannot use up the address's as well.
  await consume(context, { kind: "mail by network", of: context.caller.network });
  await consume(context, { kind: "mail by address", of: `${purpose} ${email.toLowerCase()}` });
}

/** Where nobody waits for the mail: those of this hour are in the mailbox already. */
export function ignoreLimit(error: unknown) {
  if (!(error instanceof RateLimitedError)) throw error;
}

/** Has a link mailed by which a new password can be chosen. @throws {RateLimitedError} */
export async function requestPasswordReset(context: AuthContext, email: string): Promise<void> {
  await consumeMail(context, "reset_password", email);
  const user = await findActiveUser(context, email);
  await send(context, "reset_password", user, email, "password_reset_requested");
}

/** Has a link and a code mailed that sign in. @throws {RateLimitedError} */
export async function requestEmailSignIn(context: AuthContext, email: string): Promise<void> {
  await consumeMail(context, "sign_in", email);
  const user = await findActiveUser(context, email);
  await send(context, "sign_in", user, email, "email_sign_in_requested");
}

/** Has the link and the code mailed again that verify an address. @throws {RateLimitedError} */
export async function requestVerification(context: AuthContext, email: string): Promise<void> {
  await consumeMail(context, "verify_email", email);
  const user = await findActiveUser(context, email);
  const unverified = user?.email_verified === 0 ? user : undefined;
  await send(context, "verify_email", unverified, email, "verification_requested");
}

/** Writes to a new account's address, within the transaction that makes the account. */
export async function sendVerification(context: AuthContext, user: UserRow): Promise<void> {
  await send(context, "verify_email", user, user.email, "verification_requested");
}

async function send(
  context: AuthContext,
  purpose: "verify_email" | "reset_password" | "sign_in",
  user: UserRow | undefined,
  email: string,
  type: AuditType,
): Promise<void> {
  if (!context.config.mail) return;
  await context.db.atomically(async (db) => {
    const within = { ...context, db };
    // To the address as its owner has written it, not as somebody types it now.
    const to = user?.email ?? email;
    const { token, code } = await issueMailToken(within, purpose, user, to);
    const message: Email = { kind: purpose, link: linkOf(context, purpose, token), code };
    await enqueueEmail(within, { user, to, email: message, lifetime: mailTokenLifetimes[purpose] });
    await audit(within, type, { userId: user?.id });
  });
}

const pages = {
  verify_email: "/verify-email",
  reset_password: "/reset-password",
  sign_in: "/login/link",
} satisfies Partial<Record<MailTokenPurpose, string>>;

function linkOf({ config }: AuthContext, purpose: keyof typeof pages, token: string): string {
  return pageLink(config, pages[purpose], { token });
}

async function findActiveUser({ db }: AuthContext, email: string): Promise<UserRow | undefined> {
  const user = await findUserByEmail(db.query, email);
  return user?.is_active === 1 ? user : undefined;
}
