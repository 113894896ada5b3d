import type { Selectable } from "kysely";
import type { Database } from "./index.ts";
import type { AuditEventsTable } from "./schema.ts";

export type AuditEventRow = Selectable<AuditEventsTable>;

/** @param events a few thousand at most: SQLite takes 32,766 values a statement */
export async function insertAuditEvents(db: Database, events: AuditEventRow[]): Promise<void> {
  if (events.length === 0) return;
  await db.relaxed((query) => query.insertInto("audit_events").values(events).execute());
}
