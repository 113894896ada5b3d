/**
 * Emails that a visitor asks for by typing an address. Neither the response nor its time tells
 * whether an account has the address: the same rows are written for an address without an account,
 * and an email that is queued for no account is dropped instead of sent.
 */
import type { MailTokenPurpose } from "#db/schema.ts";
import { findUserByEmail, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { consume, RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import type { AuditType } from "#lib/contract/audit.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import type { Email } from "#lib/mail/email.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { issueMailToken } from "./mail-tokens.ts";

/**
 * Counts an email to `email` that a stranger may have asked for. Each purpose counts by itself: an
 * attacker who requests three sign-in links for an address must not block its password reset.
 * @throws {RateLimitedError}
 */
export async function consumeEmail(
  context: AuthContext,
  purpose: MailTokenPurpose,
  email: string,
): Promise<void> {
  // The network first: once its emails are used up, it cannot use up the address's as well.
  await consume(context, { kind: "mail by network", of: context.caller.network });
  await consume(context, { kind: "mail by address", of: `${purpose} ${email.toLowerCase()}` });
}

/** For callers that can do without the email: this hour's are in the mailbox already. */
export function ignoreLimit(error: unknown) {
  if (!(error instanceof RateLimitedError)) throw error;
}

/** Queues an email with a link that lets its reader choose a new password. @throws {RateLimitedError} */
export async function requestPasswordReset(context: AuthContext, email: string): Promise<void> {
  await consumeEmail(context, "reset_password", email);
  const user = await findActiveUser(context, email);
  await send(context, "reset_password", user, email, "password_reset_requested");
}

/**
 * Queues an email with a link and a code that sign its reader in. The code works only beside the
 * request cookie `requestId`.
 * @throws {RateLimitedError}
 */
export async function requestEmailSignIn(
  context: AuthContext,
  email: string,
  requestId: string,
): Promise<void> {
  await consumeEmail(context, "sign_in", email);
  const user = await findActiveUser(context, email);
  await send(context, "sign_in", user, email, "email_sign_in_requested", requestId);
}

/** Queues another email with the link and the code that verify an address. @throws {RateLimitedError} */
export async function requestVerification(context: AuthContext, email: string): Promise<void> {
  await consumeEmail(context, "verify_email", email);
  const user = await findActiveUser(context, email);
  const unverified = user?.email_verified === 0 ? user : undefined;
  await send(context, "verify_email", unverified, email, "verification_requested");
}

/** Writes to a new account's address, in the transaction that creates the account. */
export async function sendVerification(tx: AuthContext, user: UserRow): Promise<void> {
  await send(tx, "verify_email", user, user.email, "verification_requested");
}

async function send(
  context: AuthContext,
  purpose: keyof typeof pages,
  user: UserRow | undefined,
  email: string,
  type: AuditType,
  requestId?: string,
): Promise<void> {
  if (!context.config.mail) return;
  await transaction(context, async (tx) => {
    // To the address as its owner once wrote it, not as a visitor types it now.
    const to = user?.email ?? email;
    const { token, code } = await issueMailToken(tx, purpose, user, to, requestId);
    const mail: Email = {
      kind: purpose,
      link: pageLink(tx.config, pages[purpose], { token }),
      code,
    };
    await enqueueEmail(tx, { user, to, email: mail, lifetime: mailTokenLifetimes[purpose] });
    await audit(tx, type, { userId: user?.id });
  });
}

/** Where the links of these emails lead. */
const pages = {
  verify_email: "/verify-email",
  reset_password: "/reset-password",
  sign_in: "/login/link",
} satisfies Partial<Record<MailTokenPurpose, string>>;

async function findActiveUser({ db }: AuthContext, email: string): Promise<UserRow | undefined> {
  const user = await findUserByEmail(db.query, email);
  return user?.is_active === 1 ? user : undefined;
}
