/** What a request brought: its refresh token, and the cookies that the core asks about. */
import type { Database } from "#db/index.ts";
import { openSignUpCookie, type SignUpCookie } from "#lib/auth/guard/sign-up-cookie.ts";
import { decide } from "#lib/auth/session/presented-token.ts";
import {
  type Delivery,
  openRefreshToken,
  type PresentedToken,
} from "#lib/auth/session/refresh-token.ts";
import type { Visitor } from "#lib/auth/sign-in.ts";
import type { Config } from "#lib/config/index.ts";
import { refreshTokenBodySchema } from "#lib/contract/schemas.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { hasJson, readBody } from "./body.ts";
import { readCookies, readDeviceCookies, readRefreshCookies, signUpCookieName } from "./cookies.ts";
import { Problem } from "./problems.ts";
import { readRequestCookie } from "./request-cookie.ts";

interface Context {
  config: Config;
  keyring: Keyring;
  db: Database;
  /** Unix milliseconds. */
  now: number;
}

export async function readVisitor(request: Request, context: Context): Promise<Visitor> {
  const cookies = request.headers.get("cookie");
  const [deviceCookie] = readDeviceCookies(cookies, context.config);
  const requestId = readRequestCookie(request, context.config);
  const refreshToken = await readRefreshCookie(cookies, context);
  return {
    refreshToken,
    deviceCookie,
    requestId,
    signUp: await readSignUpCookie(cookies, context),
  };
}

/** Opens the sign-up cookie. Of two of one name, an attacker may have planted one. */
export async function readSignUpCookie(
  cookieHeader: string | null,
  { config, keyring, now }: Pick<Context, "config" | "keyring" | "now">,
): Promise<SignUpCookie | undefined> {
  const values = readCookies(cookieHeader, signUpCookieName(config));
  return values.length === 1 ? openSignUpCookie(values[0], keyring, now) : undefined;
}

/** Opens the refresh token of a Cookie header. */
export async function readRefreshCookie(
  cookieHeader: string | null,
  context: Context,
): Promise<PresentedToken> {
  const values = readRefreshCookies(cookieHeader, context.config);
  return decide(await openRefreshToken(values, context.keyring), context);
}

/** Opens the refresh token in the body if there is one, else the one in the cookie. */
export async function readRefreshToken(
  request: Request,
  context: Context,
): Promise<PresentedToken> {
  if (hasJson(request)) {
    const { refresh_token: sealed } = await readBody(request, refreshTokenBodySchema);
    if (sealed !== undefined) {
      return decide(await openRefreshToken([sealed], context.keyring, "body"), context);
    }
  }
  return readRefreshCookie(request.headers.get("cookie"), context);
}

/**
 * Refuses a refresh token in the body to pages: a script injected into one must gain nothing by
 * asking. Browsers say where a request comes from, and scripts cannot keep them from it.
 * @throws {Problem} origin_not_allowed
 */
export function requireNoBrowser({ headers }: Request, delivery: Delivery): void {
  if (delivery === "cookie" || !(headers.has("origin") || headers.has("sec-fetch-site"))) return;
  throw new Problem(
    "origin_not_allowed",
    'A browser gets its refresh token as a cookie; leave out refresh_token_delivery or make it "cookie".',
  );
}
