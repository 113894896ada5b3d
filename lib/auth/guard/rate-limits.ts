/** How often one may try, and what is counted. docs/security.md has the numbers. */
import { consumeAttempt, type Penalty, refundAttempt, resetAttempts } from "#db/rate-limits.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { keyedDigest } from "#lib/crypto/digest.ts";

const minute = 60_000;

/** When the limit is reached the key waits for a whole window and starts anew. */
const perWindow = (limit: number, window: number): Penalty => ({
  limit,
  window,
  delay: window,
  maxDelay: window,
  memory: 0,
});

/** Ten guesses, then one after 30 s, after a minute, after two … after an hour. */
const guesses: Penalty = {
  limit: 10,
  window: 15 * minute,
  delay: minute / 2,
  maxDelay: 60 * minute,
  memory: 15 * minute,
};

const day = 24 * 60 * minute;

/**
 * A hundred failures in a row, and guessing is over until a new password is chosen by mail (NIST
 * SP 800-63B-4 §3.2.2). A success in between begins anew.
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
  // For names that nobody has: anyone can make up any number of them.
  "failures in a row by nobody": failuresInARow(7 * day),
  "failures in a row by browser": failuresInARow(10 * 365 * day),
  "password by account": guesses,
  "failures in a row by step-up": failuresInARow(10 * 365 * day),
  "login by address": perWindow(30, 15 * minute),
  "signup by address": perWindow(20, 60 * minute),
  "refresh by session": perWindow(60, 5 * minute),
  "mail by address": perWindow(3, 60 * minute),
  "mail by network": perWindow(30, 60 * minute),
  "code by account": perWindow(10, 60 * minute),
  // Of a million: after that many the link still works, and the right code begins anew.
  "codes in a row by account": failuresInARow(30 * day),
  // With a live link each try costs a hash.
  "reset by account": perWindow(10, 15 * minute),
} satisfies Record<string, Penalty>;

export interface Limit {
  kind: keyof typeof penalties;
  /** What is limited: an account, a browser, an address, a session. */
  of: string;
}

/** Thrown when a limit is reached. */
export class RateLimitedError extends Error {
  override name = "RateLimitedError";
  /** Seconds. */
  readonly retryAfter: number;
  /** Whether waiting does not help, and a new password does. */
  readonly resetNeeded: boolean;

  constructor(retryAfter: number, resetNeeded: boolean) {
    super("Too many attempts");
    this.retryAfter = retryAfter;
    this.resetNeeded = resetNeeded;
  }
}

/**
 * Takes one attempt from the limit; answers how many have been taken lately, this one included.
 * @throws {RateLimitedError} when none is left
 */
export async function consume(context: AuthContext, limit: Limit): Promise<number> {
  if (!context.config.rateLimits) return 0;
  const penalty = penalties[limit.kind];
  const key = await keyOf(context, limit);
  const taken = await consumeAttempt(context.db, key, penalty, context.now);
  if (taken.allowed) {
    // The last one before a block: an event each, and none for what is refused, or whoever goes on
    // trying would fill the log.
    if (taken.count >= penalty.limit) await audit(context, "rate_limited", { detail: limit.kind });
    return taken.count;
  }
  const resetNeeded = limit.kind.startsWith("failures in a row");
  throw new RateLimitedError((taken.blockedUntil - context.now) / 1000, resetNeeded);
}

/** The right password was given: what was counted against the account is forgotten. */
export async function reset(context: AuthContext, limit: Limit): Promise<void> {
  if (context.config.rateLimits) await resetAttempts(context.db, await keyOf(context, limit));
}

/** A new password was chosen by mail: what was guessed before says nothing about it. */
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

/** The attempt was none to hold against an address that many people may share. */
export async function refund(context: AuthContext, limit: Limit): Promise<void> {
  if (context.config.rateLimits) await refundAttempt(context.db, await keyOf(context, limit));
}

/** Keyed, because what is counted may be a password that landed in the wrong field. */
async function keyOf({ keyring }: AuthContext, limit: Limit): Promise<string> {
  return keyedDigest(keyring, "rate limit key", `${limit.kind}\0${limit.of}`);
}
