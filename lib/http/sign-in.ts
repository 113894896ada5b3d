/** What signing up and signing in share: who proved who they are gets a session. */

import type { SessionRow } from "#db/sessions.ts";
import type { UserRow } from "#db/users.ts";
import { issueAccessToken } from "#lib/auth/access-token.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { knownBrowserLifetime } from "#lib/auth/known-browser.ts";
import { randomId } from "#lib/auth/random-id.ts";
import type { Delivery } from "#lib/auth/refresh-token.ts";
import { revokeByToken } from "#lib/auth/revocation.ts";
import type { TokenResponse } from "#lib/auth/schemas.ts";
import { startSession } from "#lib/auth/sessions.ts";
import { type UserColumns, viewUser } from "#lib/auth/user-view.ts";
import { knownBrowserCookie, presentedToken } from "./auth-cookies.ts";
import { type Delivered, deliver } from "./refresh-delivery.ts";
import type { Call } from "./route.ts";

export interface SignedIn {
  session: SessionRow;
  delivered: Delivered;
}

/**
 * Starts a session for `user` and ends the one that the browser came with, so that no session is
 * carried over a sign-in (ASVS 7.2.4).
 */
export async function signInAs(
  context: AuthContext,
  user: UserRow,
  request: Request,
  how: { remember: boolean; delivery: Delivery },
): Promise<SignedIn> {
  const { config, now } = context;
  const presented = await presentedToken(request.headers.get("cookie"), config);
  const { session, token } = await startSession(context, user.id, { ...how, amr: ["pwd"] });
  if (presented.kind === "token") await revokeByToken(context, presented.token, "replaced");

  const delivered = await deliver(token, how.remember, context);
  if (how.delivery === "body") return { session, delivered };
  const browser = { user: user.id, id: randomId(), expires_at: now + knownBrowserLifetime * 1000 };
  const cookies = [...delivered.cookies, await knownBrowserCookie(browser, config)];
  return { session, delivered: { ...delivered, cookies } };
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
