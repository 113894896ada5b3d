import type { TokenResponse } from "#lib/contract/answers.ts";
import { type ClockReading, elapsedSince } from "./clock.ts";

/** An access token in memory. `lifetime` is milliseconds, counted from `receivedAt`. */
export interface AccessToken {
  value: string;
  receivedAt: ClockReading;
  lifetime: number;
}

/** Counts from `expires_in`, not `expires_at`: the server's clock and this one may disagree. */
export function accessTokenOf(answer: TokenResponse, receivedAt: ClockReading): AccessToken {
  return { value: answer.access_token, receivedAt, lifetime: answer.expires_in * 1000 };
}

/** Whether a request sent now arrives before the token expires. */
export function isUsable(token: AccessToken): boolean {
  return untilStale(token) > -margin(token);
}

/** Milliseconds until the token should be replaced, which is while it is still usable. */
export function untilStale(token: AccessToken): number {
  return token.lifetime - 2 * margin(token) - elapsedSince(token.receivedAt);
}

/** 30 seconds, or a fifth of a short lifetime. */
function margin({ lifetime }: AccessToken): number {
  return Math.min(30_000, lifetime / 5);
}
