/** Everything that is kept about a person, for them to take along (GDPR, article 20). */
import { listAuditEvents } from "#db/audit-events.ts";
import { listLiveSessions } from "#db/sessions.ts";
import type { UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { viewSession } from "#lib/auth/session/session-view.ts";
import { isoTime } from "#lib/format.ts";
import { viewActivity } from "./activity.ts";
import { viewUser } from "./user.ts";

export async function exportData(
  context: AuthContext,
  { user, session }: { user: UserRow; session: { id: string } },
) {
  const { query } = context.db;
  const sessions = await listLiveSessions(query, user.id, context.now);
  const events = await listAuditEvents(query, { userId: user.id });
  await audit(context, "data_exported", { userId: user.id });
  return {
    exported_at: isoTime(context.now),
    user: viewUser(user.id, user),
    sessions: sessions.map((row) => viewSession(row, session.id)),
    activity: events.map(viewActivity),
  };
}
