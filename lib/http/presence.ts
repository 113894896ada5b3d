/** What a request brings that tells whose browser it is, for the pages and routes of mailed links. */
import type { AuthContext } from "#lib/auth/context.ts";
import type { Presence } from "#lib/auth/email/claim.ts";
import { readSession } from "#lib/auth/session/sessions.ts";
import type { Call } from "./call.ts";
import { authenticate } from "./identify.ts";
import { readRefreshCookie, readSignUpCookie } from "./visitor.ts";

/** Reads it from a Cookie header. Never writes. */
export async function readCookiePresence(
  cookieHeader: string | null,
  context: Pick<AuthContext, "db" | "config" | "keyring" | "now">,
): Promise<Presence> {
  const signUp = await readSignUpCookie(cookieHeader, context);
  const presented = await readRefreshCookie(cookieHeader, context);
  if (presented.kind !== "token") return { userId: undefined, signUp };
  const read = await readSession(context, presented.token);
  return { userId: read.kind === "alive" ? read.session.user_id : undefined, signUp };
}

/**
 * Reads it from a request. An access token, if there is one, says whose session it is.
 * @throws {Problem} as `authenticate`
 */
export async function readPresence(request: Request, call: Call): Promise<Presence> {
  const presence = await readCookiePresence(request.headers.get("cookie"), call);
  if (!request.headers.has("authorization")) return presence;
  return { ...presence, userId: (await authenticate(request, call)).user_id };
}
