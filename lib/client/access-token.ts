import type { TokenResponse } from "#lib/contract/schemas.ts";
import { type Moment, moment, since } from "./clock.ts";

/** An access token in memory. The lifetime is milliseconds from the moment it was received. */
export interface AccessToken {
  value: string;
  receivedAt: Moment;
  lifetime: number;
}

/** `expires_in` counts from now, whatever time the server and this computer believe it is. */
export function accessTokenOf({ access_token, expires_in }: TokenResponse): AccessToken {
  return { value: access_token, receivedAt: moment(), lifetime: expires_in * 1000 };
}

/** Whether there is time enough left for a request to arrive before the token expires. */
export function isUsable(token: AccessToken): boolean {
  return since(token.receivedAt) < token.lifetime - margin(token);
}

/** Milliseconds until the token should be replaced, which is while it can still be used. */
export function untilStale(token: AccessToken): number {
  return token.lifetime - 2 * margin(token) - since(token.receivedAt);
}

/** 30 seconds, or a fifth of a short life. */
function margin({ lifetime }: AccessToken): number {
  return Math.min(30_000, lifetime / 5);
}
