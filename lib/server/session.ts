/** Who is signed in, while a page is rendered. Judges the refresh token, and never advances it. */
import "server-only";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { listLiveSessions } from "#db/sessions.ts";
import { listActivity as listActivityOf } from "#lib/auth/account/activity.ts";
import { viewUser } from "#lib/auth/account/user.ts";
import { viewSession } from "#lib/auth/session/session-view.ts";
import { type Ended, readSession } from "#lib/auth/session/sessions.ts";
import type { ActivityView, SessionView, User } from "#lib/contract/schemas.ts";
import { readRefreshCookie } from "#lib/http/visitor.ts";
import { services } from "#lib/services.ts";

export interface PageSession {
  user: User;
  sessionId: string;
}

/** What the visitor's refresh cookie is worth; asked of the database once per request. */
const readVisitor = cache(async () => {
  // Reading cookies first tells Next that this page is made anew for each visitor.
  await cookies();
  const { config, keyring, db } = services();
  if (!config.sessionsHere) return undefined;
  const presented = await readRefreshCookie((await headers()).get("cookie"), { config, keyring });
  if (presented.kind !== "token") return null;
  return readSession({ db, config, now: Date.now() }, presented.token);
});

/**
 * The session of the visitor; null when they have none, and undefined where this server cannot
 * know, because the API is on another origin (docs/deploy.md): there the browser finds out.
 */
export async function getSession(): Promise<PageSession | null | undefined> {
  const visitor = await readVisitor();
  if (visitor?.kind !== "alive") return visitor === undefined ? undefined : null;
  const { session } = visitor;
  return { user: viewUser(session.user_id, session), sessionId: session.id };
}

/**
 * Why the session that this browser still has a cookie of is over, or null. Only logout clears the
 * cookie, so the login page can say what has happened, with or without JavaScript.
 */
export async function getEndedReason(): Promise<Ended["why"] | null> {
  const visitor = await readVisitor();
  return visitor?.kind === "ended" ? visitor.why : null;
}

/**
 * The session of the visitor; who has none is sent to log in and comes back to `path`. Every
 * protected page calls it: the middleware is a convenience, this is the lock.
 * @throws {Error} where this server cannot know; see `gate`
 * @public
 */
export async function requireSession(path: string): Promise<PageSession> {
  const session = await gate(path);
  if (session) return session;
  throw new Error("The API is on another origin: use gate(), and let the browser ask the API.");
}

/**
 * As `requireSession`, for pages that work with the API on another origin as well: where this
 * server cannot know who is there it answers undefined. It has no private data then, either; the
 * page renders what the browser gets from the API, and RequireAuth holds it back until then.
 */
export async function gate(path: string): Promise<PageSession | undefined> {
  const session = await getSession();
  if (session === null) redirect(`/login?next=${encodeURIComponent(path)}`);
  return session;
}

/** What has happened to the visitor's account, the latest first. */
export async function listActivity({ user }: PageSession): Promise<ActivityView[]> {
  return listActivityOf(services(), user.id);
}

/** Where the visitor is signed in, the latest used first. */
export async function listSessions({ user, sessionId }: PageSession): Promise<SessionView[]> {
  const { db } = services();
  const sessions = await listLiveSessions(db.query, user.id, Date.now());
  return sessions.map((session) => viewSession(session, sessionId));
}
