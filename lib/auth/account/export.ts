/** Everything that is kept about a person, for them to take along (GDPR, article 20). */
import { setImmediate as yieldToRequests } from "node:timers/promises";
import { type AuditEventRow, pageOfAuditEvents } from "#db/audit-events.ts";
import { listLiveSessions } from "#db/sessions.ts";
import type { UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { consume } from "#lib/auth/guard/rate-limits.ts";
import { viewSession } from "#lib/auth/session/session-view.ts";
import { isoTime } from "#lib/format.ts";
import { viewActivity } from "./activity.ts";
import { viewUser } from "./user.ts";

/** Events a page: few enough that neither reading nor writing one keeps other requests waiting. */
const pageSize = 200;

/**
 * Returns the export as JSON, piece by piece. An account may have a hundred thousand events, so they are
 * read a page at a time, as fast as the client takes them (red team 6).
 * @throws {RateLimitedError}
 */
export async function exportData(
  context: AuthContext,
  { user, session }: { user: UserRow; session: { id: string } },
): Promise<AsyncIterable<string>> {
  await consume(context, { kind: "exports by account", of: user.id });
  const sessions = await listLiveSessions(context.db.query, user.id, context.now);
  const newest = await pageOfAuditEvents(context.db.query, user.id, { size: pageSize });
  await audit(context, "data_exported", { userId: user.id });
  const head = {
    exported_at: isoTime(context.now),
    user: viewUser(user.id, user),
    sessions: sessions.map((row) => viewSession(row, session.id)),
  };
  return write(head, pagesFrom(context, user.id, newest));
}

/** `head` with a further field, `activity`: an array. */
async function* write(head: object, pages: AsyncIterable<AuditEventRow[]>) {
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "activity": [`;
  let separator = "\n    ";
  for await (const page of pages) {
    const views = page.map((row) => JSON.stringify(viewActivity(row)));
    yield separator + views.join(",\n    ");
    separator = ",\n    ";
  }
  yield "\n  ]\n}\n";
}

/** `page`, and those after it. */
async function* pagesFrom({ db }: AuthContext, userId: string, page: AuditEventRow[]) {
  for (let current = page; current.length > 0; ) {
    yield current;
    // SQLite answers in the same turn of the event loop.
    await yieldToRequests();
    const after = current.at(-1);
    current = await pageOfAuditEvents(db.query, userId, { after, size: pageSize });
  }
}
