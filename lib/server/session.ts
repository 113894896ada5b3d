/** Who is signed in, while a page renders. Reads the refresh token and never advances it. */
import "server-only";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { listLiveSessions } from "#db/sessions.ts";
import { listActivity as listActivityOf } from "#lib/auth/account/activity.ts";
import { viewUser } from "#lib/auth/account/user.ts";
import { viewSession } from "#lib/auth/session/session-view.ts";
import { type Ended, readSession } from "#lib/auth/session/sessions.ts";
import type { ActivityView, SessionView, User } from "#lib/contract/answers.ts";
import { migrateInDevelopment } from "#lib/http/migrate-in-development.ts";
import { readRefreshCookie } from "#lib/http/visitor.ts";
import { pathHeader } from "#lib/protocol.ts";
import { safeNext } from "#lib/safe-next.ts";
import { services } from "#lib/services.ts";

export interface PageSession {
  user: User;
  sessionId: string;
}

/** What the visitor's refresh cookie stands for. The database is asked once per request. */
const readVisitor = cache(async () => {
  // Reading cookies first makes Next render the page for each request.
  await cookies();
  const { config, keyring, db } = services();
  if (!config.sessionsHere) return undefined;
  await migrateInDevelopment();
  const presented = await readRefreshCookie((await headers()).get("cookie"), { config, keyring });
  if (presented.kind !== "token") return null;
  return readSession({ db, config, now: Date.now() }, presented.token);
});

/**
 * Returns the visitor's session, or null without one. Returns undefined where this server cannot
 * know, because the API is on another origin (docs/deploy.md): there the browser asks the API.
 * @example
 * const session = await getSession();
 * return session ? <p>Hello {session.user.username}</p> : <a href="/login">Log in</a>;
 */
export async function getSession(): Promise<PageSession | null | undefined> {
  const visitor = await readVisitor();
  if (visitor?.kind !== "alive") return visitor === undefined ? undefined : null;
  const { session } = visitor;
  return { user: viewUser(session.user_id, session), sessionId: session.id };
}

/**
 * Returns why the session of the visitor's cookie ended, or null. Only signing out clears the
 * cookie, so the sign-in page can tell what happened even without JavaScript.
 */
export async function getEndedReason(): Promise<Ended["why"] | null> {
  const visitor = await readVisitor();
  return visitor?.kind === "ended" ? visitor.why : null;
}

/**
 * Returns the visitor's session. Without one, redirects to the sign-in page, which leads back here.
 * Every protected page calls it: the middleware is a convenience, this is the lock.
 *
 * Where the API is on another origin (docs/deploy.md) this server cannot know who is there. With
 * `allowUnknown` it then returns undefined, and the page shows only what the browser gets from the
 * API; `RequireAuth` hides it until then.
 * @throws {Error} where this server cannot know, unless `allowUnknown` is set
 * @example
 * export default async function InvoicePage({ params }: PageProps<"/invoices/[id]">) {
 *   const { user } = await requireSession();
 *   const { id } = await params;
 *   return <Invoice invoice={await findInvoice(user.id, id)} />;
 * }
 */
export async function requireSession(): Promise<PageSession>;
export async function requireSession(options: {
  allowUnknown: true;
}): Promise<PageSession | undefined>;
export async function requireSession({
  allowUnknown = false,
} = {}): Promise<PageSession | undefined> {
  const session = await getSession();
  if (session === null) redirect(`/login?next=${encodeURIComponent(await currentPath())}`);
  if (session === undefined && !allowUnknown) {
    throw new Error(
      "requireSession() cannot know who is signed in, because the API is on another origin. " +
        "Call requireSession({ allowUnknown: true }), and let the browser ask the API.",
    );
  }
  return session;
}

/** Returns the path and query of the page that is rendering, as the middleware passed them on. */
async function currentPath(): Promise<string> {
  return safeNext((await headers()).get(pathHeader));
}

/** Returns what happened to the visitor's account, the latest first. */
export async function listActivity({ user }: PageSession): Promise<ActivityView[]> {
  return listActivityOf(services(), user.id);
}

/** Returns the visitor's live sessions, the latest used first. */
export async function listSessions({ user, sessionId }: PageSession): Promise<SessionView[]> {
  const { db } = services();
  const sessions = await listLiveSessions(db.query, user.id, Date.now());
  return sessions.map((session) => viewSession(session, sessionId));
}
