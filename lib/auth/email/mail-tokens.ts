/**
 * The tokens behind emailed links and codes: single use, short-lived, and void as soon as the
 * account has changed since the email was sent (ASVS 6.4, OWASP's forgotten-password cheat sheet).
 */
import { randomInt } from "node:crypto";
import {
  consumeCodeTry,
  deleteMailToken,
  findMailToken,
  insertMailToken,
  type MailTokenRow,
  voidCodes,
} from "#db/mail-tokens.ts";
import type { MailTokenPurpose } from "#db/schema.ts";
import { findUserByEmail, findUserById, lockUser, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { consume, refund, reset } from "#lib/auth/guard/rate-limits.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import type { Presented } from "#lib/contract/schemas.ts";
import { isEqual, keyedDigest, sha256 } from "#lib/crypto/digest.ts";
import { randomId } from "#lib/crypto/random.ts";

/** A code is for typing where the email is read on another device; other emails have only a link. */
const withCode: MailTokenPurpose[] = ["verify_email", "sign_in"];

/** How many guesses a code takes: 5 of a million. */
const maxCodeTries = 5;

export interface MailedSecrets {
  /** For the link: 128 random bits. */
  token: string;
  /** For typing: six digits. */
  code: string;
}

/** What a token is for: an account, or a sign-up that is to become one. */
export type TokenOwner = Pick<UserRow, "id" | "email_key" | "password_hash">;

/**
 * Creates the secrets that an email to `email` carries. Without a user they open nothing, but the
 * same row is written, so that it takes as long (ASVS 6.3.8). The codes of earlier emails are void,
 * or a guess would be compared with all of them (red team 14); their links are not.
 * @param requestId the request cookie that the code needs; without one any browser may type it
 */
export async function issueMailToken(
  context: AuthContext,
  purpose: MailTokenPurpose,
  user: TokenOwner | undefined,
  email: string,
  requestId?: string,
): Promise<MailedSecrets> {
  const token = randomId();
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const hasCode = withCode.includes(purpose);
  // People type an address in another case than they once did.
  const sentTo = hasCode ? email.toLowerCase() : email;
  if (hasCode) {
    await voidCodes(context.db.query, { purpose, user_id: user?.id ?? "", email: sentTo });
  }
  await insertMailToken(context.db.query, {
    hash: sha256(token),
    purpose,
    user_id: user?.id ?? "",
    email: sentTo,
    account_state: user ? accountState(purpose, user) : "",
    code_hash: hasCode ? await codeHash(context, purpose, user?.id ?? "", code) : "",
    tries: 0,
    expires_at: context.now + mailTokenLifetimes[purpose],
    request_hash: requestHash(requestId),
  });
  return { token, code };
}

export interface Redeemable {
  row: MailTokenRow;
  user: UserRow;
}

/** Finds a link's token without using it up: pages ask before they show a button. */
export async function findRedeemable(
  context: Pick<AuthContext, "db" | "now">,
  purpose: MailTokenPurpose,
  token: string,
): Promise<Redeemable | undefined> {
  const row = await findToken(context, purpose, token);
  return row && withUser(context.db, row);
}

/** As `findRedeemable`, whatever the token is for. */
export function findToken(
  { db, now }: Pick<AuthContext, "db" | "now">,
  purpose: MailTokenPurpose,
  token: string,
): Promise<MailTokenRow | undefined> {
  return findMailToken(db.query, sha256(token), purpose, now);
}

/** As `findPresentedToken`, for the tokens of accounts. @throws {RateLimitedError} */
export async function findPresented(
  context: AuthContext,
  purpose: MailTokenPurpose,
  presented: Presented,
  requestId?: string,
): Promise<Redeemable | undefined> {
  const row = await findPresentedToken(context, purpose, presented, requestId);
  return row && withUser(context.db, row);
}

/**
 * Finds what the visitor presents, and counts a code's attempt. Nothing is used up yet: `useUp` does
 * that, in the transaction of the act that the email was for.
 * @param requestId the visitor's request cookie: a code that was bound to one needs it
 * @throws {RateLimitedError} when too many codes of one account, or from one network, have been tried
 */
export async function findPresentedToken(
  context: AuthContext,
  purpose: MailTokenPurpose,
  presented: Presented,
  requestId?: string,
): Promise<MailTokenRow | undefined> {
  if ("token" in presented) return findToken(context, purpose, presented.token);
  const { email, code } = presented;
  const of = `${purpose} ${email.toLowerCase()}`;
  const network = { kind: "code by network", of: context.caller.network } as const;
  // The network first: once its attempts are used up, it cannot use up the account's as well.
  await consume(context, network);
  await consume(context, { kind: "code by account", of });
  await consume(context, { kind: "codes in a row by account", of });
  const user = await findUserByEmail(context.db.query, email);
  // The transaction writes in either case; otherwise its time would tell whether a code is live.
  const row = await transaction(context, async (tx) => {
    const rows = await consumeCodeTry(tx.db.query, {
      email: email.toLowerCase(),
      purpose,
      requestHash: requestHash(requestId),
      maxTries: maxCodeTries,
      now: tx.now,
    });
    const right = await findByCode(tx, rows, code);
    if (!right) await audit(tx, "code_refused", { userId: user?.id });
    return right;
  });
  if (!row) return undefined;
  await reset(context, { kind: "codes in a row by account", of });
  // An office may share the network.
  await refund(context, network);
  return row;
}

/** The row whose code it is. Several sign-ups may wait for one address, and each has its own. */
async function findByCode(
  context: AuthContext,
  rows: MailTokenRow[],
  code: string,
): Promise<MailTokenRow | undefined> {
  for (const row of rows) {
    const hash = await codeHash(context, row.purpose, row.user_id, code);
    if (isEqual(row.code_hash, hash)) return row;
  }
  return undefined;
}

/**
 * Uses the token up: of two requests at the same time, one succeeds. Call it in the transaction of
 * the act that the email was for.
 */
export async function useUp(
  { db }: Pick<AuthContext, "db">,
  { row }: Redeemable,
): Promise<Redeemable | undefined> {
  // The account first: of two acts on one account the second waits here, and they cannot deadlock.
  const user = await lockUser(db.query, row.user_id);
  if (!(await deleteMailToken(db.query, row.hash))) return undefined;
  // Judged again, because the account may have changed since.
  return redeemable(row, user);
}

/** Adds the account that a token is for, if there is one and the token still holds for it. */
export async function withUser(
  { query }: AuthContext["db"],
  row: MailTokenRow,
): Promise<Redeemable | undefined> {
  return redeemable(row, await findUserById(query, row.user_id));
}

function redeemable(row: MailTokenRow, user: UserRow | undefined): Redeemable | undefined {
  const valid = user?.is_active === 1 && accountState(row.purpose, user) === row.account_state;
  return valid ? { row, user } : undefined;
}

/** A digest of what must not have changed since the email was sent. */
function accountState(purpose: MailTokenPurpose, user: TokenOwner): string {
  const parts: Record<MailTokenPurpose, string[]> = {
    verify_email: [user.email_key],
    reset_password: [user.email_key, user.password_hash],
    sign_in: [user.email_key, user.password_hash],
    change_email: [user.email_key, user.password_hash],
    // An attacker who took the account over has changed everything.
    undo_email_change: [],
  };
  return sha256(parts[purpose].join("\0"));
}

/** Empty without a request cookie. Every code may be typed beside it that was bound to none. */
function requestHash(requestId: string | undefined): string {
  return requestId ? sha256(requestId) : "";
}

function codeHash({ keyring }: AuthContext, purpose: string, userId: string, code: string) {
  return keyedDigest(keyring, "mail code", [purpose, userId, code].join("\0"));
}
