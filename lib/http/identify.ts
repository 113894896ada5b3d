/** Whose request it is: by access token (RFC 6750), or by the refresh cookie of a form. */
import { findSession, type SessionWithUser } from "#db/sessions.ts";
import { findUserById, type UserRow } from "#db/users.ts";
import { countCall } from "#lib/auth/guard/call-limit.ts";
import { isRecent } from "#lib/auth/guard/step-up.ts";
import { checkPassword } from "#lib/auth/password/check.ts";
import { verifyAccessToken } from "#lib/auth/session/access-token.ts";
import { lifeOf } from "#lib/auth/session/judge.ts";
import { readSession } from "#lib/auth/session/sessions.ts";
import type { Call } from "./call.ts";
import { Problem, wrongPassword } from "./problems.ts";
import { readRefreshCookie } from "./visitor.ts";

/** One token, once: two Authorization headers arrive joined by a comma and do not match. */
const bearer = /^bearer +([\w.-]+)$/i;

/**
 * The Authorization header if it presents an access token. Another scheme is for something in front of
 * us: a browser sends HTTP Basic with every request to a staging site that asks for it
 * (DSpace/DSpace#3324).
 */
function bearerHeader({ headers }: Request): string | undefined {
  const header = headers.get("authorization") ?? "";
  return /^bearer(\s|$)/i.test(header) ? header : undefined;
}

/**
 * Returns the session of the request's access token, with its user. A good signature is not enough:
 * every request asks the database whether the session is alive (ASVS 7.4.1).
 * @throws {Problem} token_missing, token_invalid, token_expired, token_revoked
 * @throws {RateLimitedError}
 * @example
 * GET: async (request, call) => {
 *   const { user_id, role } = await authenticate(request, call);
 *   return json({ owner: user_id, role });
 * },
 */
export async function authenticate(request: Request, call: Call): Promise<SessionWithUser> {
  const header = bearerHeader(request);
  if (header === undefined) {
    throw new Problem("token_missing", "Send an access token: Authorization: Bearer <token>.");
  }
  const { db, config, keys, now } = call;
  const token = bearer.exec(header)?.[1] ?? "";
  const verified = await verifyAccessToken(token, { keys, issuer: config.appUrl, now });
  if (verified.kind === "expired") {
    throw new Problem("token_expired", "Refresh, and try again with the new token.");
  }
  if (verified.kind === "invalid") {
    throw new Problem("token_invalid", "This is no access token that this server has issued.");
  }
  const session = await findSession(db.query, verified.sessionId);
  if (session?.user_id !== verified.userId || lifeOf(session, now) !== "alive") {
    throw new Problem("token_revoked", "Its session has ended. Sign in again.");
  }
  call.subject = { userId: session.user_id, sessionId: session.id };
  countCall(call, session.user_id);
  return session;
}

export interface Identified {
  session: SessionWithUser;
  user: UserRow;
}

/**
 * Identifies the caller by the access token, or else by the refresh cookie: a form without
 * JavaScript has no token, and a request for a new session needs none. The route has checked by
 * then that the request comes from a page of ours. The refresh token is judged, never advanced.
 * @throws {Problem} as `authenticate`, and refresh_missing, session_revoked
 */
export async function identify(request: Request, call: Call): Promise<Identified> {
  const session = bearerHeader(request)
    ? await authenticate(request, call)
    : await readCookieSession(request, call);
  const user = await findUserById(call.db.query, session.user_id);
  if (!user) throw new Problem("token_revoked", "This account is gone.");
  return { session, user };
}

async function readCookieSession(request: Request, call: Call): Promise<SessionWithUser> {
  const presented = await readRefreshCookie(request.headers.get("cookie"), call);
  if (presented.kind !== "token") {
    throw new Problem("refresh_missing", "Nobody is signed in here. Sign in.");
  }
  const read = await readSession(call, presented.token);
  if (read.kind === "ended") throw new Problem("session_revoked", "It has ended. Sign in again.");
  const { session } = read;
  call.subject = { userId: session.user_id, sessionId: session.id };
  countCall(call, session.user_id);
  return session;
}

/**
 * Identifies a caller who has signed in recently (lib/contract/lifetimes.ts), or sends the password
 * along.
 * @throws {Problem} as `identify`, and insufficient_user_authentication, invalid_credentials
 * @throws {RateLimitedError}
 */
export async function identifyRecent(
  request: Request,
  call: Call,
  { current_password: password }: { current_password?: string | undefined } = {},
): Promise<Identified> {
  const identified = await identify(request, call);
  const { session, user } = identified;
  if (password) {
    if (await checkPassword(call, user, password)) return identified;
    throw wrongPassword("current_password");
  }
  if (isRecent(session.authenticated_at, call.now)) return identified;
  throw new Problem("insufficient_user_authentication", "Enter your password once more.", {
    errors: [{ path: "current_password", message: "Enter your password." }],
  });
}
