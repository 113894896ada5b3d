import type { TokenResponse } from "#lib/contract/schemas.ts";
import type { Post } from "./api.ts";
import type { AuthError } from "./auth-error.ts";
import { delay } from "./clock.ts";

/** Milliseconds that the cookie of the refresh that has overtaken this one may still be away. */
const supersededDelay = 500;

/** Has the refresh cookie changed into an access token; once more when it has been overtaken. */
export function requestToken(post: Post): Promise<TokenResponse> {
  return post<TokenResponse>("refresh").catch(async (error: AuthError) => {
    if (error.code !== "refresh_superseded") throw error;
    await delay(supersededDelay);
    return post<TokenResponse>("refresh");
  });
}
