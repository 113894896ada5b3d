/** Rate limits: what is counted, and how much of it is allowed. docs/security.md explains them. */
import { consumeAttempt, type Penalty, refundAttempt, resetAttempts } from "#db/rate-limits.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { keyedDigest } from "#lib/crypto/digest.ts";

const minute = 60_000;

/** At the limit the key is blocked for a whole window and starts anew. */
const perWindow = (limit: number, window: number): Penalty => ({
  limit,
  window,
  delay: window,
  maxDelay: window,
  memory: 0,
});

/** Ten guesses, then one after 30 s, after a minute, after two, and so on up to an hour. */
const guesses: Penalty = {
  limit: 10,
  window: 15 * minute,
  delay: minute / 2,
  maxDelay: 60 * minute,
  memory: 15 * minute,
};

const day = 24 * 60 * minute;

/**
 * After a hundred failures in a row only a password reset helps (NIST SP 800-63B-4 §3.2.2). A
 * success in between starts anew.
 */
const failuresInARow = (memory: number): Penalty => ({
  limit: 100,
  window: memory,
  delay: memory,
  maxDelay: memory,
  memory: 0,
});

const penalties = {
  "login by account": guesses,
  "login by browser": guesses,
  "failures in a row by account": failuresInARow(10 * 365 * day),
  // For names without an account, of which an attacker can make up any number.
  "failures in a row by nobody": failuresInARow(7 * day),
  "failures in a row by browser": failuresInARow(10 * 365 * day),
  "password by account": guesses,
  "failures in a row by step-up": failuresInARow(10 * 365 * day),
  "login by address": perWindow(30, 15 * minute),
  "signup by address": perWindow(20, 60 * minute),
  "refresh by session": perWindow(60, 5 * minute),
  "mail by address": perWindow(3, 60 * minute),
  "mail by network": perWindow(30, 60 * minute),
  // Like failed sign-ins: a right code is given back.
  "code by network": perWindow(30, 15 * minute),
  "code by account": perWindow(10, 60 * minute),
  // Of a million codes. After that many the link still works, and the right code starts anew.
  "codes in a row by account": failuresInARow(30 * day),
  // With a valid link each attempt costs a hash.
  "reset by account": perWindow(10, 15 * minute),
} satisfies Record<string, Penalty>;

export interface Limit {
  kind: keyof typeof penalties;
  /** The account, browser, address or session that is limited. */
  of: string;
}

/** Thrown when a limit is reached. */
export class RateLimitedError extends Error {
  override name = "RateLimitedError";
  /** Seconds. */
  readonly retryAfter: number;
  /** Whether only a new password helps, and waiting does not. */
  readonly resetNeeded: boolean;

  constructor(retryAfter: number, resetNeeded: boolean) {
    super("Too many attempts");
    this.retryAfter = retryAfter;
    this.resetNeeded = resetNeeded;
  }
}

/**
 * Consumes one attempt. Returns how many were consumed lately, this one included.
 * @throws {RateLimitedError} when none is left
 */
export async function consume(context: AuthContext, limit: Limit): Promise<number> {
  if (!context.config.rateLimits) return 0;
  const penalty = penalties[limit.kind];
  const key = await keyOf(context, limit);
  const taken = await consumeAttempt(context.db, key, penalty, context.now);
  if (taken.allowed) {
    // One event for the last attempt before a block and none for those refused after it, with which
    // an attacker would fill the log.
    if (taken.count >= penalty.limit) await audit(context, "rate_limited", { detail: limit.kind });
    return taken.count;
  }
  const resetNeeded = limit.kind.startsWith("failures in a row");
  throw new RateLimitedError((taken.blockedUntil - context.now) / 1000, resetNeeded);
}

/** Forgets what was counted, because the right password or code was given. */
export async function reset(context: AuthContext, limit: Limit): Promise<void> {
  if (context.config.rateLimits) await resetAttempts(context.db, await keyOf(context, limit));
}

/** Forgets the guesses at an old password: they say nothing about the new one. */
export async function forgetFailures(context: AuthContext, userId: string): Promise<void> {
  for (const kind of [
    "login by account",
    "failures in a row by account",
    "password by account",
    "failures in a row by step-up",
  ] as const) {
    await reset(context, { kind, of: userId });
  }
}

/** Refunds an attempt that must not count against an address that many people may share. */
export async function refund(context: AuthContext, limit: Limit): Promise<void> {
  if (context.config.rateLimits) await refundAttempt(context.db, await keyOf(context, limit));
}

/** Keyed, because a person may have typed the password into the field that is counted. */
async function keyOf({ keyring }: AuthContext, limit: Limit): Promise<string> {
  return keyedDigest(keyring, "rate limit key", `${limit.kind}\0${limit.of}`);
}
