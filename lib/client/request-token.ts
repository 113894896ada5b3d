import type { TokenResponse } from "#lib/contract/answers.ts";
import type { Send } from "./api.ts";
import type { AuthError } from "./auth-error.ts";
import { delay } from "./clock.ts";

/** Milliseconds in which the cookie of the newer refresh arrives. */
const supersededDelay = 500;

/** Exchanges the refresh cookie for an access token. Tries once more if it was superseded. */
export function requestToken(send: Send): Promise<TokenResponse> {
  const refresh = () => send<TokenResponse>("POST", "/api/auth/refresh");
  return refresh().catch((error: AuthError) => {
    if (error.code !== "refresh_superseded") throw error;
    return delay(supersededDelay).then(refresh);
  });
}
