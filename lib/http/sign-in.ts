/** What signing up and signing in share: who proved who they are gets a session. */

import type { SessionRow } from "#db/sessions.ts";
import type { UserRow } from "#db/users.ts";
import { issueAccessToken } from "#lib/auth/access-token.ts";
import { knownBrowserLifetime } from "#lib/auth/known-browser.ts";
import { randomId } from "#lib/auth/random-id.ts";
import { revokeByToken } from "#lib/auth/revocation.ts";
import type { TokenResponse } from "#lib/auth/schemas.ts";
import { startSession } from "#lib/auth/sessions.ts";
import { type UserColumns, viewUser } from "#lib/auth/user-view.ts";
import { knownBrowserCookie, presentedToken, refreshCookie } from "./auth-cookies.ts";
import type { Call } from "./route.ts";

interface SignedIn {
  session: SessionRow;
  /** Set-Cookie headers. */
  cookies: string[];
}

/**
 * Starts a session for `user` and ends the one that the browser came with, so that no session is
 * carried over a sign-in (ASVS 7.2.4).
 */
export async function signInAs(
  user: UserRow,
  remember: boolean,
  request: Request,
  call: Call,
): Promise<SignedIn> {
  const { config, now } = call;
  const presented = await presentedToken(request.headers.get("cookie"), config);
  const { session, token } = await startSession(call, user.id, { remember, amr: ["pwd"] });
  if (presented.kind === "token") await revokeByToken(call, presented.token, "replaced");
  call.subject = { userId: user.id, sessionId: session.id };

  const expiresAt = now + knownBrowserLifetime * 1000;
  const browser = { user: user.id, id: randomId(), expires_at: expiresAt };
  return {
    session,
    cookies: [
      await refreshCookie(token, remember, call),
      await knownBrowserCookie(browser, config),
    ],
  };
}

/** The token response (RFC 6749 §5.1) for a session and its user. */
export async function tokenResponse(
  session: Pick<SessionRow, "id" | "user_id" | "authenticated_at" | "amr" | "expires_at">,
  user: UserColumns,
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
