/** Whose account a request is about, where a browser may have nothing but its cookie. */
import type { SessionWithUser } from "#db/sessions.ts";
import { findUserById, type UserRow } from "#db/users.ts";
import { isRecent } from "#lib/auth/guard/step-up.ts";
import { checkPassword } from "#lib/auth/password/change.ts";
import { readSession } from "#lib/auth/session/sessions.ts";
import { presentedToken } from "./auth-cookies.ts";
import { authenticate } from "./bearer.ts";
import { Problem } from "./problem.ts";
import type { Call } from "./route.ts";

export interface Identified {
  session: SessionWithUser;
  user: UserRow;
}

/**
 * By the access token, or else by the refresh cookie: a form without JavaScript has no token, and
 * whoever starts a new session needs none. The route has made sure by then that the request comes
 * from a page of ours. The token is judged and never advanced.
 * @throws {Problem} as `authenticate`, and refresh_missing, session_revoked
 */
export async function identify(request: Request, call: Call): Promise<Identified> {
  const session = request.headers.has("authorization")
    ? await authenticate(request, call)
    : await readCookie(request, call);
  const user = await findUserById(call.db.query, session.user_id);
  if (!user) throw new Problem("token_revoked", "This account is gone.");
  return { session, user };
}

async function readCookie(request: Request, call: Call): Promise<SessionWithUser> {
  const presented = await presentedToken(request.headers.get("cookie"), call);
  if (presented.kind !== "token") {
    throw new Problem("refresh_missing", "Nobody is signed in here. Sign in.");
  }
  const read = await readSession(call, presented.token);
  if (read.kind === "ended") throw new Problem("session_revoked", "It has ended. Sign in again.");
  const { session } = read;
  call.subject = { userId: session.user_id, sessionId: session.id };
  return session;
}

/**
 * Lets pass who has signed in within the last ten minutes, or gives the password along.
 * @throws {Problem} insufficient_user_authentication; invalid_credentials
 * @throws {RateLimitedError}
 */
export async function requireRecentSignIn(
  { session, user }: Identified,
  call: Call,
  password: string | undefined,
): Promise<void> {
  if (password) return requirePassword(user, call, password, "current_password");
  if (isRecent(session.authenticated_at, call.now)) return;
  throw new Problem("insufficient_user_authentication", "Enter your password once more.", {
    errors: [{ path: "current_password", message: "Enter your password." }],
  });
}

/** @throws {Problem} invalid_credentials, naming the field */
export async function requirePassword(
  user: UserRow,
  call: Call,
  password: string,
  path: string,
): Promise<void> {
  if (await checkPassword(call, user, password)) return;
  throw wrongPassword(path);
}

export function wrongPassword(path: string): Problem {
  const message = "This is not your password.";
  return new Problem("invalid_credentials", message, { errors: [{ path, message }] });
}
