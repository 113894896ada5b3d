/** Rate limits: what is counted, and how much of it is allowed. docs/configuration.md lists them. */
import { consumeAttempt, type Penalty, refundAttempt, resetAttempts } from "#db/rate-limits.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { keyedDigest } from "#lib/crypto/digest.ts";
import { applySetting } from "./limit-settings.ts";
import { surroundingNetworks } from "./networks.ts";

const minute = 60_000;

interface Rule extends Penalty {
  /** Whether a network is counted: an IPv6 one counts with those around it. */
  byNetwork?: true;
}

/** At the limit the key is blocked for a whole window and starts anew. */
const perWindow = (limit: number, window: number): Rule => ({
  limit,
  window,
  delay: window,
  maxDelay: window,
  memory: 0,
});

const perNetwork = (limit: number, window: number): Rule => ({
  ...perWindow(limit, window),
  byNetwork: true,
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

export const rules = {
  /** By the name that was typed, whether or not it has an account: what a stranger sees of a lock. */
  "login by name": guesses,
  "failures in a row by name": failuresInARow(7 * day),
  /** By the account behind the name; a stranger must not notice (lib/auth/password/sign-in.ts). */
  "login by account": guesses,
  "failures in a row by account": failuresInARow(10 * 365 * day),
  // For names without an account, of which an attacker can make up any number.
  "failures in a row by nobody": failuresInARow(7 * day),
  "login by browser": guesses,
  "failures in a row by browser": failuresInARow(10 * 365 * day),
  "password by account": guesses,
  "failures in a row by step-up": failuresInARow(10 * 365 * day),
  "login by address": perNetwork(30, 15 * minute),
  /** Right passwords count as well (hash-limits.ts). */
  "hashes by account": perWindow(60, 15 * minute),
  "hashes by network": perNetwork(1_200, 15 * minute),
  "signup by address": perNetwork(20, 60 * minute),
  "profile by account": perWindow(20, 60 * minute),
  "usernames by network": perNetwork(60, 60 * minute),
  "exports by account": perWindow(5, 60 * minute),
  "address changes by account": perWindow(10, 60 * minute),
  "deletions by account": perWindow(5, 60 * minute),
  "revocations by account": perWindow(100, 60 * minute),
  /** In the memory of each process (call-limit.ts). */
  "calls by account": perWindow(3_000, 5 * minute),
  "refresh by session": perWindow(60, 5 * minute),
  // No longer than a link for a new password lives: whoever is refused one has one in the mailbox.
  "mail by address": perWindow(3, 30 * minute),
  "mail by network": perNetwork(30, 60 * minute),
  "notices by account": perWindow(10, 60 * minute),
  "notices by kind": perWindow(1_000, 60 * minute),
  // Like failed sign-ins: a right code is refunded.
  "code by network": perNetwork(30, 15 * minute),
  "code by account": perWindow(10, 60 * minute),
  // Of a million codes. After that many the link still works, and the right code starts anew.
  "codes in a row by account": failuresInARow(30 * day),
  // With a valid link each attempt costs a hash.
  "reset by account": perWindow(10, 15 * minute),
} satisfies Record<string, Rule>;

export interface Limit {
  kind: keyof typeof rules;
  /** The account, browser, network or session that is limited. */
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

export type Consumed =
  /** How many were consumed lately, this one included. */
  | { kind: "consumed"; attempts: number }
  /** None is left until then (Unix milliseconds). */
  | { kind: "used_up"; until: number };

/** Consumes one attempt if there is one left. */
export async function tryConsume(context: AuthContext, limit: Limit): Promise<Consumed> {
  if (!context.config.rateLimits) return { kind: "consumed", attempts: 0 };
  let attempts = 0;
  // The narrowest network first: once its attempts are used up, it cannot use up those of the
  // networks around it.
  for (const { key, penalty, factor } of await countersOf(context, limit)) {
    const taken = await consumeAttempt(context.db, key, penalty, context.now);
    if (!taken.allowed) return { kind: "used_up", until: taken.blockedUntil };
    // One event for the last attempt before a block and none for those refused after it, with which
    // an attacker would fill the log.
    if (taken.count >= penalty.limit) await audit(context, "rate_limited", { detail: limit.kind });
    attempts = Math.max(attempts, Math.ceil(taken.count / factor));
  }
  return { kind: "consumed", attempts };
}

/**
 * Consumes one attempt. Returns how many were consumed lately, this one included.
 * @throws {RateLimitedError} when none is left
 */
export async function consume(context: AuthContext, limit: Limit): Promise<number> {
  const taken = await tryConsume(context, limit);
  if (taken.kind === "consumed") return taken.attempts;
  const resetNeeded = limit.kind.startsWith("failures in a row");
  throw new RateLimitedError((taken.until - context.now) / 1000, resetNeeded);
}

/** Forgets what was counted, because the right password or code was given. */
export async function reset(context: AuthContext, limit: Limit): Promise<void> {
  if (!context.config.rateLimits) return;
  for (const { key } of await countersOf(context, limit)) await resetAttempts(context.db, key);
}

/** Forgets the guesses at an old password: they say nothing about the new one. */
export async function forgetFailures(
  context: AuthContext,
  user: { id: string; username_key: string; email_key: string },
): Promise<void> {
  for (const kind of [
    "login by account",
    "failures in a row by account",
    "password by account",
    "failures in a row by step-up",
  ] as const) {
    await reset(context, { kind, of: user.id });
  }
  for (const name of [user.username_key, user.email_key]) {
    await reset(context, { kind: "login by name", of: name });
    await reset(context, { kind: "failures in a row by name", of: name });
  }
}

/** Refunds an attempt that was none after all, or that must not count against a shared network. */
export async function refund(context: AuthContext, limit: Limit): Promise<void> {
  if (!context.config.rateLimits) return;
  for (const { key } of await countersOf(context, limit)) await refundAttempt(context.db, key);
}

/** Refunds an attempt with the right password to its network, and forgets the failures before it. */
export async function settle(context: AuthContext, limits: readonly Limit[]): Promise<void> {
  for (const limit of limits) {
    const rule: Rule = rules[limit.kind];
    if (rule.byNetwork) await refund(context, limit);
    else await reset(context, limit);
  }
}

interface Counter {
  key: string;
  penalty: Penalty;
  /** How many times the rule's limit it has. */
  factor: number;
}

/** What a limit counts: one counter or, for an IPv6 network, one for each network around it. */
async function countersOf({ config, keyring }: AuthContext, { kind, of }: Limit) {
  const rule: Rule = rules[kind];
  const penalty = applySetting(rule, kind, config.rateLimitSettings);
  const networks = rule.byNetwork ? surroundingNetworks(of) : [{ name: of, factor: 1 }];
  const counters: Counter[] = [];
  for (const { name, factor } of networks) {
    // Keyed, because a person may have typed the password into the field that is counted.
    const key = await keyedDigest(keyring, "rate limit key", `${kind}\0${name}`);
    counters.push({ key, penalty: { ...penalty, limit: penalty.limit * factor }, factor });
  }
  return counters;
}
