import type { Selectable } from "kysely";
import type { Database, Query } from "./database.ts";
import type { AuditEventsTable } from "./schema.ts";

export type AuditEventRow = Selectable<AuditEventsTable>;

/** @param events at most a few thousand: SQLite takes 32,766 values per statement */
export async function insertAuditEvents(db: Database, events: AuditEventRow[]): Promise<void> {
  if (events.length === 0) return;
  await db.relaxed((query) => query.insertInto("audit_events").values(events).execute());
}

/**
 * One page of a user's events, the newest first: those after `after`, the last event of the page
 * before. Pages keep the memory and the time of each read bounded.
 */
export async function pageOfAuditEvents(
  db: Query,
  userId: string,
  { after, size }: { after?: AuditEventRow | undefined; size: number },
): Promise<AuditEventRow[]> {
  let query = db
    .selectFrom("audit_events")
    .selectAll()
    .where("user_id", "=", userId)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(size);
  if (after) {
    const { at, id } = after;
    // The first condition alone is one that an index answers.
    query = query
      .where("at", "<=", at)
      .where(({ eb, or }) => or([eb("at", "<", at), eb("id", "<", id)]));
  }
  return query.execute();
}

/** The newest `each` events of each of `types` that a user has. One query, by index. */
export async function newestOfEachType(
  db: Query,
  userId: string,
  types: readonly string[],
  each: number,
): Promise<AuditEventRow[]> {
  const [first, ...others] = types.map((type) =>
    db
      .selectFrom(
        db
          .selectFrom("audit_events")
          .selectAll()
          .where("user_id", "=", userId)
          .where("type", "=", type)
          .orderBy("at", "desc")
          .limit(each)
          // SQLite limits a part of a union only within a subquery.
          .as("newest"),
      )
      .selectAll(),
  );
  if (!first) return [];
  return others.reduce((union, other) => union.unionAll(other), first).execute();
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
