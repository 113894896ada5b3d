/**
 * How tokens get to the client. Browsers get the refresh token in a cookie that no script can read; a
 * client that is not a browser may ask for it in the body, and then presents it in the body. The two
 * do not mix: a token that came by cookie is never returned in a body.
 */
import type { SessionRow } from "#db/sessions.ts";
import type { PublicUserRow } from "#db/users.ts";
import { viewUser } from "#lib/auth/account/user.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import {
  type DeviceCookie,
  deviceCookieLifetime,
  sealDeviceCookie,
} from "#lib/auth/guard/device-cookie.ts";
import {
  createSignUpCookie,
  type SignUpOwner,
  sealSignUpCookie,
} from "#lib/auth/guard/sign-up-cookie.ts";
import { issueAccessToken } from "#lib/auth/session/access-token.ts";
import type { RefreshToken } from "#lib/auth/session/refresh-token.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import type { SignedIn, SignIn } from "#lib/auth/sign-in.ts";
import type { Config } from "#lib/config/index.ts";
import type { TokenResponse } from "#lib/contract/answers.ts";
import { signUpLifetime } from "#lib/contract/lifetimes.ts";
import { hostPrefix } from "#lib/protocol.ts";
import type { Call } from "./call.ts";
import { deviceCookieName, setCookie, signUpCookieName } from "./cookies.ts";
import { json } from "./json.ts";
import { Problem } from "./problems.ts";

type Context = Pick<AuthContext, "config" | "keyring" | "now">;

/** The sign-in, or the problem that stands against it. `outdated` is the one for a void proof. */
export function requireSignedIn(signIn: SignIn, outdated: Problem): SignedIn {
  switch (signIn.kind) {
    case "signed_in":
      return signIn;
    case "proof_outdated":
      throw outdated;
    case "email_not_verified":
      throw new Problem(
        "email_not_verified",
        "Your email address is not confirmed yet. Follow the link in the mail that we have sent you.",
      );
  }
}

/** The response to a sign-in by script: the token response and, for browsers, the cookies. */
export async function signedInResponse(
  signedIn: SignedIn,
  call: Call,
  { status = 200, cookies = [] }: { status?: number; cookies?: string[] } = {},
): Promise<Response> {
  const { session, user, token } = signedIn;
  call.subject = { userId: user.id, sessionId: session.id };
  return tokenResponse(session, user, call, {
    status,
    next: token,
    cookies: [...(await deviceCookies(signedIn, call)), ...cookies],
  });
}

/** The cookies of a sign-in by form. */
export async function signedInCookies(signedIn: SignedIn, call: Call): Promise<string[]> {
  const { session, user, token } = signedIn;
  call.subject = { userId: user.id, sessionId: session.id };
  const refresh = await refreshCookie(token, session.remember === 1, call);
  return [refresh, ...(await deviceCookies(signedIn, call))];
}

async function deviceCookies({ deviceCookie }: SignedIn, call: Call): Promise<string[]> {
  return deviceCookie ? [await deviceCookieHeader(deviceCookie, call)] : [];
}

interface TokenResponseOptions {
  status?: number;
  /** The refresh token to deliver; null when the client keeps the one it has. */
  next: RefreshToken | null;
  cookies?: string[];
}

/** The token response (RFC 6749 §5.1) for a session and its user. */
export async function tokenResponse(
  session: Pick<
    SessionRow,
    "id" | "user_id" | "authenticated_at" | "amr" | "expires_at" | "remember"
  >,
  user: PublicUserRow,
  { config, keys, keyring, now }: AuthContext,
  { status = 200, next, cookies = [] }: TokenResponseOptions,
): Promise<Response> {
  const subject = {
    userId: session.user_id,
    sessionId: session.id,
    role: user.role,
    authenticatedAt: session.authenticated_at,
    amr: session.amr.split(" "),
    sessionExpiresAt: session.expires_at,
  };
  const issuing = { keys, issuer: config.appUrl, now };
  const issued = await issueAccessToken(subject, config.accessTokenLifetime, issuing);
  const body: TokenResponse = {
    access_token: issued.token,
    token_type: "Bearer",
    expires_in: issued.expiresIn,
    expires_at: issued.expiresAt,
    user: viewUser(session.user_id, user),
  };
  if (next === null) return json(body, status, cookies);
  if (next.delivery === "body") {
    body.refresh_token = await sealRefreshToken(next, keyring);
    body.refresh_expires_in = Math.floor((next.expires_at - now) / 1000);
    return json(body, status, cookies);
  }
  const refresh = await refreshCookie(next, session.remember === 1, { config, keyring, now });
  return json(body, status, [refresh, ...cookies]);
}

/** `Max-Age` is what is left of the session, or absent when the session ends with the browser's. */
async function refreshCookie(
  token: RefreshToken,
  remember: boolean,
  { config, keyring, now }: Context,
): Promise<string> {
  const maxAge = remember ? (token.expires_at - now) / 1000 : undefined;
  const sealed = await sealRefreshToken(token, keyring);
  return setCookie(config.cookie.name, sealed, { ...config.cookie, maxAge });
}

/** Takes the refresh token out of the browser, under its former name too. Only signing out does. */
export function clearedRefreshCookies({ cookie }: Config): string[] {
  const { name, formerName, secure } = cookie;
  const cleared = [setCookie(name, "", { ...cookie, maxAge: 0 })];
  if (formerName === undefined) return cleared;
  const former = { ...cookie, secure: secure || formerName.startsWith(hostPrefix), maxAge: 0 };
  return [...cleared, setCookie(formerName, "", former)];
}

export async function deviceCookieHeader(
  deviceCookie: DeviceCookie,
  { config, keyring }: Pick<Context, "config" | "keyring">,
): Promise<string> {
  const sealed = await sealDeviceCookie(deviceCookie, keyring);
  const attributes = { ...config.cookie, maxAge: deviceCookieLifetime };
  return setCookie(deviceCookieName(config), sealed, attributes);
}

/** Marks the browser that has just signed up (lib/auth/guard/sign-up-cookie.ts). */
export async function signUpCookieHeader(
  owner: SignUpOwner,
  { config, keyring, now }: Context,
): Promise<string> {
  const sealed = await sealSignUpCookie(createSignUpCookie(owner, now), keyring);
  const attributes = { ...config.cookie, maxAge: signUpLifetime / 1000 };
  return setCookie(signUpCookieName(config), sealed, attributes);
}
