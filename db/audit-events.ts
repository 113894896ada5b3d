import type { Insertable } from "kysely";
import type { Database } from "./index.ts";
import type { AuditEventsTable } from "./schema.ts";

export async function insertAuditEvent(
  db: Database,
  event: Insertable<AuditEventsTable>,
): Promise<void> {
  await db.relaxed((query) => query.insertInto("audit_events").values(event).execute());
}
