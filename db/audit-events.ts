import type { Selectable } from "kysely";
import type { Database, Query } from "./database.ts";
import type { AuditEventsTable } from "./schema.ts";

export type AuditEventRow = Selectable<AuditEventsTable>;

/** @param events at most a few thousand: SQLite takes 32,766 values per statement */
export async function insertAuditEvents(db: Database, events: AuditEventRow[]): Promise<void> {
  if (events.length === 0) return;
  await db.relaxed((query) => query.insertInto("audit_events").values(events).execute());
}

interface AuditFilter {
  userId?: string;
  /** Unix milliseconds. */
  since?: number;
  type?: string;
  limit?: number;
}

/** The newest `limit` events that match the filter, the newest first. */
export async function listAuditEvents(
  db: Query,
  { userId, since, type, limit }: AuditFilter,
): Promise<(AuditEventRow & { username: string | null })[]> {
  let query = db
    .selectFrom("audit_events")
    .leftJoin("users", "users.id", "audit_events.user_id")
    .selectAll("audit_events")
    .select("users.username")
    .orderBy("audit_events.at", "desc");
  if (limit !== undefined) query = query.limit(limit);
  if (userId !== undefined) query = query.where("audit_events.user_id", "=", userId);
  if (since !== undefined) query = query.where("audit_events.at", ">=", since);
  if (type !== undefined) query = query.where("audit_events.type", "=", type);
  return query.execute();
}
