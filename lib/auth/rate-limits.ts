/** How often one may try, and what is counted. docs/security.md has the numbers. */
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { type Penalty, resetAttempts, returnAttempt, takeAttempt } from "#db/rate-limits.ts";
import { audit } from "./audit.ts";
import type { AuthContext } from "./context.ts";
import { deriveKey } from "./secrets.ts";

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

const penalties = {
  "login by account": guesses,
  "login by browser": guesses,
  "login by address": perWindow(30, 15 * minute),
  "signup by address": perWindow(20, 60 * minute),
  "refresh by session": perWindow(60, 5 * minute),
} satisfies Record<string, Penalty>;

export interface Limit {
  kind: keyof typeof penalties;
  /** What is limited: an account, a browser, an address, a session. */
  of: string;
}

/** Thrown when a limit is reached. `retryAfter` is seconds. */
export class RateLimitedError extends Error {
  override name = "RateLimitedError";
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super("Too many attempts");
    this.retryAfter = retryAfter;
  }
}

/** Takes one attempt from the limit. @throws {RateLimitedError} when none is left */
export async function takeFrom(context: AuthContext, limit: Limit): Promise<void> {
  if (!context.config.rateLimits) return;
  const taken = await takeAttempt(
    context.db,
    await keyOf(context, limit),
    penalties[limit.kind],
    context.now,
  );
  if (taken.allowed) return;
  await audit(context, "rate_limited", { detail: limit.kind });
  throw new RateLimitedError((taken.blockedUntil - context.now) / 1000);
}

/** The right password was given: what was counted against the account is forgotten. */
export async function reset(context: AuthContext, limit: Limit): Promise<void> {
  if (context.config.rateLimits) await resetAttempts(context.db, await keyOf(context, limit));
}

/** The attempt was none to hold against an address that many people may share. */
export async function giveBack(context: AuthContext, limit: Limit): Promise<void> {
  if (context.config.rateLimits) await returnAttempt(context.db, await keyOf(context, limit));
}

const keys = new Map<string, Promise<KeyObject>>();

function keyUnder(secret: string): Promise<KeyObject> {
  const known = keys.get(secret) ?? deriveKey(secret, "rate limit key").then(createSecretKey);
  keys.set(secret, known);
  return known;
}

/** Keyed, because what is counted may be a password that landed in the wrong field. */
async function keyOf({ config }: AuthContext, { kind, of }: Limit): Promise<string> {
  const hmac = createHmac("sha256", await keyUnder(config.secrets[0]));
  return hmac.update(`${kind}\0${of}`).digest("base64url");
}
