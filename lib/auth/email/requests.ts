/**
 * Emails that a visitor asks for by typing an address. Neither the response nor its time tells
 * whether an account has the address: the same rows are written for an address without an account,
 * and an email that is queued for no account is dropped instead of sent.
 */

import { findPendingByIdentifier, type PendingSignUpRow } from "#db/pending-sign-ups.ts";
import type { MailTokenPurpose } from "#db/schema.ts";
import { findUserByEmail, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { consume, type Limit, RateLimitedError, refund } from "#lib/auth/guard/rate-limits.ts";
import type { AuditType } from "#lib/contract/audit.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import type { Email } from "#lib/mail/email.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { issueMailToken, type TokenOwner } from "./mail-tokens.ts";

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
  for (const limit of emailLimits(context, purpose, email)) await consume(context, limit);
}

function emailLimits({ caller }: AuthContext, purpose: MailTokenPurpose, email: string): Limit[] {
  return [
    // The network first: once its emails are used up, it cannot use up the address's as well.
    { kind: "mail by network", of: caller.network },
    { kind: "mail by address", of: `${purpose} ${email.toLowerCase()}` },
  ];
}

/** For callers that did not send it after all, so that nobody uses up emails that never come. */
export async function refundEmail(
  context: AuthContext,
  purpose: MailTokenPurpose,
  email: string,
): Promise<void> {
  for (const limit of emailLimits(context, purpose, email)) await refund(context, limit);
}

/** For callers that can do without the email: this hour's are in the mailbox already. */
export function ignoreLimit(error: unknown) {
  if (!(error instanceof RateLimitedError)) throw error;
}

/** An email that a visitor asks for. */
export interface EmailRequest {
  email: string;
  /** The page that the visitor wanted to see. The link leads on to it. */
  next?: string | undefined;
  /** What the visitor's request cookie holds. A code that signs in works only beside it. */
  requestId?: string | undefined;
}

/**
 * Queues an email with a link that lets its reader choose a new password. A sign-up that waits for
 * its address to be confirmed gets that email instead, where a new password can be chosen as well.
 * @throws {RateLimitedError}
 */
export async function requestPasswordReset(
  context: AuthContext,
  { email, next }: EmailRequest,
): Promise<void> {
  await consumeEmail(context, "reset_password", email);
  const { user, pending } = await findRecipient(context, email);
  const purpose = pending ? "verify_email" : "reset_password";
  const request = { email, next, type: "password_reset_requested" } as const;
  await send(context, purpose, user ?? pending, request);
}

/**
 * Queues an email with a link and a code that sign its reader in; for a sign-up that waits for its
 * address to be confirmed, the email that confirms it.
 * @throws {RateLimitedError}
 */
export async function requestEmailSignIn(
  context: AuthContext,
  { email, next, requestId }: EmailRequest,
): Promise<void> {
  await consumeEmail(context, "sign_in", email);
  const { user, pending } = await findRecipient(context, email);
  const purpose = pending ? "verify_email" : "sign_in";
  const type = "email_sign_in_requested";
  // A sign-up has a cookie of its own.
  const request = { email, next, type, ...(!pending && { requestId }) } as const;
  await send(context, purpose, user ?? pending, request);
}

/**
 * Queues another email with the link and the code that verify an address.
 * @param signUp the id of the pending sign-up that the visitor means; the latest by default
 * @throws {RateLimitedError}
 */
export async function requestVerification(
  context: AuthContext,
  { email, next }: EmailRequest,
  signUp?: string,
): Promise<void> {
  await consumeEmail(context, "verify_email", email);
  const { user, pending } = await findRecipient(context, email, signUp);
  const unverified = user?.email_verified === 0 ? user : undefined;
  const request = { email, next, type: "verification_requested" } as const;
  await send(context, "verify_email", unverified ?? pending, request);
}

/** Writes to a new account's address, in the transaction that creates the account or sign-up. */
export async function sendVerification(
  tx: AuthContext,
  recipient: Recipient,
  next: string | undefined,
): Promise<void> {
  const request = { email: recipient.email, next, type: "verification_requested" } as const;
  await send(tx, "verify_email", recipient, request);
}

type Recipient = TokenOwner & Pick<UserRow, "email">;

async function send(
  context: AuthContext,
  purpose: keyof typeof pages,
  recipient: Recipient | undefined,
  { email, next, type, requestId }: EmailRequest & { type: AuditType },
): Promise<void> {
  if (!context.config.mail) return;
  await transaction(context, async (tx) => {
    // To the address as its owner once wrote it, not as a visitor types it now.
    const to = recipient?.email ?? email;
    const { token, code } = await issueMailToken(tx, purpose, recipient, to, requestId);
    const mail: Email = {
      kind: purpose,
      link: pageLink(tx.config, pages[purpose], { token, ...(next && { next }) }),
      code,
    };
    const lifetime = mailTokenLifetimes[purpose];
    await enqueueEmail(tx, { user: recipient, to, email: mail, lifetime });
    await audit(tx, type, { userId: recipient?.id });
  });
}

/** Where the links of these emails lead. */
const pages = {
  verify_email: "/verify-email",
  reset_password: "/reset-password",
  sign_in: "/login/link",
} satisfies Partial<Record<MailTokenPurpose, string>>;

/**
 * Finds whom an email to the address is for: the active account that has it or, if no account has,
 * the sign-up that waits for it. It asks for both in any case, so that the time tells nothing.
 */
async function findRecipient(
  { db, now }: AuthContext,
  email: string,
  preferred?: string,
): Promise<{ user?: UserRow | undefined; pending?: PendingSignUpRow | undefined }> {
  const user = await findUserByEmail(db.query, email);
  const pending = await findPendingByIdentifier(db.query, email, now, preferred);
  if (!user) return { pending };
  return { user: user.is_active === 1 ? user : undefined };
}
