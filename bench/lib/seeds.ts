/**
 * Users and sessions that exist before the bench measures anything. Their ids follow from their
 * numbers, so that the code that fills the database and the clients that use it agree.
 */
import { createHash } from "node:crypto";
import type { RefreshToken } from "#lib/auth/session/refresh-token.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import { Keyring } from "#lib/crypto/keyring.ts";

export const secret = "a secret for the benchmark and nothing else";
const keyring = new Keyring([secret]);
export const cookieName = "__Host-refresh_token";
export const password = "correct horse battery staple";

export interface Population {
  users: number;
  /** Spread evenly over the users. */
  sessions: number;
  /** Blacklist rows of sessions that no longer exist. */
  blacklist?: number;
  /** How many of the sessions, and of the blacklist rows, have expired: the last ones. */
  expired?: number;
}

/** Enough sessions that none is used twice where that would matter. */
export const usual: Population = { users: 10_000, sessions: 60_000 };

/** The longest that a seeded session can last, in milliseconds. */
export const lifetime = 14 * 24 * 3600 * 1000;

/** As random as the program's own ids, so that consecutive numbers are far apart in the index. */
function id(what: string, number: number): string {
  return createHash("sha256").update(`${what} ${number}`).digest("base64url").slice(0, 22);
}

export const userId = (number: number) => id("user", number);
export const username = (number: number) => `user${number}`;
export const sessionId = (number: number) => id("session", number);
export const tokenId = (number: number) => id("token", number);
/** Sessions that only the blacklist still knows. */
export const revokedId = (number: number) => id("revoked", number);

/** Returns the refresh cookie that the browser of session `number` holds after sign-in. */
export async function refreshCookie(number: number, now: number): Promise<string> {
  const token: RefreshToken = {
    session: sessionId(number),
    generation: 0,
    id: tokenId(number),
    parent: null,
    issued_at: now,
    expires_at: now + lifetime,
  };
  return sealRefreshToken(token, keyring);
}
