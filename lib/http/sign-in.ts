/** What every way of signing in shares: who proved who they are gets a session. */

import type { SessionRow } from "#db/sessions.ts";
import type { PublicUserRow, UserRow } from "#db/users.ts";
import { notifyOf } from "#lib/auth/account/notices.ts";
import { viewUser } from "#lib/auth/account/user.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import {
  createDeviceCookie,
  type DeviceCookie,
  openDeviceCookie,
} from "#lib/auth/guard/device-cookie.ts";
import { recordSignIn } from "#lib/auth/password/sign-in.ts";
import { issueAccessToken } from "#lib/auth/session/access-token.ts";
import type { Delivery } from "#lib/auth/session/refresh-token.ts";
import { revoke, revokeByToken } from "#lib/auth/session/revocation.ts";
import { startSession } from "#lib/auth/session/sessions.ts";
import type { TokenResponse } from "#lib/contract/schemas.ts";
import { deviceCookieHeader, deviceCookieName, presentedToken } from "./auth-cookies.ts";
import { readCookies } from "./cookies.ts";
import type { Identified } from "./identify.ts";
import { json } from "./json.ts";
import { type Delivered, deliver } from "./refresh-delivery.ts";
import type { Call } from "./route.ts";

export interface SignedIn {
  session: SessionRow;
  user: UserRow;
  delivered: Delivered;
}

interface How {
  remember: boolean;
  delivery: Delivery;
  /** RFC 8176 values. */
  amr: string[];
}

/**
 * Signs in who has proved who they are. The owner hears of a browser that is new here. Undefined
 * when the proof is worth nothing any more.
 */
export async function signInAs(
  context: AuthContext,
  proved: UserRow,
  request: Request,
  how: How,
): Promise<SignedIn | undefined> {
  const signedIn = await openSession(context, proved, request, how);
  // In this order, and so without a transaction, which would keep others from writing: whoever
  // replaces the password before is noticed here, and whoever does so after ends the session.
  const user = await recordSignIn(context, proved);
  if (!user) {
    await revoke(context, proved.id, [signedIn.session.id], "password_changed");
    return undefined;
  }
  const known = await readDeviceCookie(request, user, context);
  if (!known) await notifyOf(context, user, "new_sign_in");
  return { ...signedIn, user };
}

/**
 * Starts a session for `user` and ends the one that the browser came with, so that no session is
 * carried over a sign-in (ASVS 7.2.4).
 */
export async function openSession(
  context: AuthContext,
  user: UserRow,
  request: Request,
  how: How,
): Promise<SignedIn> {
  const { config } = context;
  const presented = await presentedToken(request.headers.get("cookie"), config);
  const { session, token } = await startSession(context, user.id, how);
  if (presented.kind === "token") await revokeByToken(context, presented.token, "replaced");

  const delivered = await deliver(token, how.remember, context);
  if (how.delivery === "body") return { session, user, delivered };
  const cookies = [...delivered.cookies, await issueDeviceCookie(context, user)];
  return { session, user, delivered: { ...delivered, cookies } };
}

/**
 * Goes on with a new session, because its owner has just proved again who they are, or has become
 * somebody with another password.
 */
export async function renewSession(
  context: AuthContext,
  { session: old, user }: Identified,
  request: Request,
  delivery: Delivery,
): Promise<SignedIn> {
  const how = { remember: old.remember === 1, delivery, amr: ["pwd"] };
  const signedIn = await openSession(context, user, request, how);
  // Whoever came with an access token alone has no cookie that would name it.
  await revoke(context, user.id, [old.id], "replaced");
  return signedIn;
}

/** The cookie by which a browser is known the next time. */
export async function issueDeviceCookie(
  { config, now }: AuthContext,
  user: UserRow,
): Promise<string> {
  return deviceCookieHeader(createDeviceCookie(user, now), config);
}

/** What this browser has kept from an earlier sign-in to the same account, if anything. */
export async function readDeviceCookie(
  request: Request,
  user: UserRow | undefined,
  { config, now }: AuthContext,
): Promise<DeviceCookie | undefined> {
  const [sealed] = readCookies(request.headers.get("cookie"), deviceCookieName(config));
  return openDeviceCookie(sealed, user, config.secrets, now);
}

/** The answer to who has signed in: the token response, and the refresh token in its own way. */
export async function signedInResponse(
  { session, user, delivered }: SignedIn,
  call: Call,
  status = 200,
): Promise<Response> {
  call.subject = { userId: user.id, sessionId: session.id };
  const answer = await tokenResponse(session, user, call);
  return json({ ...answer, ...delivered.members }, status, delivered.cookies);
}

/** The token response (RFC 6749 §5.1) for a session and its user. */
export async function tokenResponse(
  session: Pick<SessionRow, "id" | "user_id" | "authenticated_at" | "amr" | "expires_at">,
  user: PublicUserRow,
  { config, keys, now }: Call,
): Promise<TokenResponse> {
  const subject = {
    userId: session.user_id,
    sessionId: session.id,
    role: user.role,
    authenticatedAt: session.authenticated_at,
    amr: session.amr.split(" "),
    sessionExpiresAt: session.expires_at,
  };
  const issued = await issueAccessToken(subject, config.accessTokenLifetime, {
    keys,
    issuer: config.appUrl,
    now,
  });
  return {
    access_token: issued.token,
    token_type: "Bearer",
    expires_in: issued.expiresIn,
    expires_at: issued.expiresAt,
    user: viewUser(session.user_id, user),
  };
}
