import type { Insertable, Selectable } from "kysely";
import type { Database, Query } from "./index.ts";
import type { AuditEventsTable } from "./schema.ts";

export type AuditEventRow = Selectable<AuditEventsTable>;

export async function insertAuditEvent(
  db: Database,
  event: Insertable<AuditEventsTable>,
): Promise<void> {
  await db.relaxed((query) => query.insertInto("audit_events").values(event).execute());
}

/** What happened to a user's account, the latest first. */
export async function listAuditEvents(
  db: Query,
  userId: string,
  limit?: number,
): Promise<AuditEventRow[]> {
  const events = db
    .selectFrom("audit_events")
    .selectAll()
    .where("user_id", "=", userId)
    .orderBy("at", "desc")
    .orderBy("id");
  return (limit === undefined ? events : events.limit(limit)).execute();
}
