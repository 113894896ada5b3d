/** Bearer access tokens: RFC 6750. */
import { findSession, type SessionWithUser } from "#db/sessions.ts";
import { verifyAccessToken } from "#lib/auth/session/access-token.ts";
import { Problem } from "./problem.ts";
import type { Call } from "./route.ts";

/** One token, once: two Authorization headers arrive joined by a comma and do not match. */
const bearer = /^bearer +([\w.-]+)$/i;

/**
 * Says whose request it is. The token's signature is not enough: the database is asked, by `sid`,
 * whether the session and its user are still welcome, at every request (ASVS 7.4.1).
 * @throws {Problem} token_missing, token_invalid, token_expired, token_revoked
 */
export async function authenticate(request: Request, call: Call): Promise<SessionWithUser> {
  const header = request.headers.get("authorization");
  if (header === null) {
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
  const over =
    session === undefined ||
    session.user_id !== verified.userId ||
    session.is_active !== 1 ||
    session.revoked !== null ||
    now >= session.idle_expires_at ||
    now >= session.expires_at;
  if (over) throw new Problem("token_revoked", "Its session has ended. Sign in again.");
  call.subject = { userId: session.user_id, sessionId: session.id };
  return session;
}
