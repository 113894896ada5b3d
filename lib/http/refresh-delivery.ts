/**
 * The two ways of a refresh token. Browsers have it in a cookie that no script can read. A client
 * that is not a browser may ask for it in the body, and then presents it in the body. The two do
 * not mix: what came by cookie is never handed out in a body, so that a script injected into a page
 * gains nothing by asking.
 */
import {
  type Delivery,
  openRefreshToken,
  type PresentedToken,
  type RefreshToken,
} from "#lib/auth/session/refresh-token.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import type { Config } from "#lib/config/index.ts";
import { refreshTokenBodySchema, type TokenResponse } from "#lib/contract/schemas.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { presentedToken, refreshCookie } from "./auth-cookies.ts";
import { hasJson, readBody } from "./body.ts";
import { Problem } from "./problem.ts";

/** How a token gets to its client: by Set-Cookie headers, or as members of the token response. */
export interface Delivered {
  cookies: string[];
  members: Pick<TokenResponse, "refresh_token" | "refresh_expires_in">;
}

export async function deliver(
  token: RefreshToken,
  remember: boolean,
  { config, keyring, now }: { config: Config; keyring: Keyring; now: number },
): Promise<Delivered> {
  if (token.delivery !== "body") {
    return {
      cookies: [await refreshCookie(token, remember, { config, keyring, now })],
      members: {},
    };
  }
  const members = {
    refresh_token: await sealRefreshToken(token, keyring),
    refresh_expires_in: Math.floor((token.expires_at - now) / 1000),
  };
  return { cookies: [], members };
}

/** What a request presents: the token in its body if there is one, else the one in its cookie. */
export async function readRefreshToken(
  request: Request,
  context: { config: Config; keyring: Keyring },
): Promise<PresentedToken> {
  if (hasJson(request)) {
    const { refresh_token: sealed } = await readBody(request, refreshTokenBodySchema);
    if (sealed !== undefined) return openRefreshToken([sealed], context.keyring, "body");
  }
  return presentedToken(request.headers.get("cookie"), context);
}

/**
 * Browsers say where a request comes from, and scripts cannot keep them from it.
 * @throws {Problem} origin_not_allowed, when a page asks for its refresh token in the body
 */
export function requireNoBrowser(request: Request, delivery: Delivery): void {
  const { headers } = request;
  if (delivery === "cookie" || !(headers.has("origin") || headers.has("sec-fetch-site"))) return;
  throw new Problem(
    "origin_not_allowed",
    'A browser gets its refresh token as a cookie; leave out refresh_token_delivery or make it "cookie".',
  );
}
