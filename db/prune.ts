import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.ts";
import { deleteDueUsers } from "./deletions.ts";

/** Rows per statement: few enough that no request waits long for it. */
const chunk = 200;

/**
 * Milliseconds between two statements, for the requests. SQLite runs in this process and never
 * yields, so without a pause the process would do nothing but prune.
 */
const pause = 10;

/**
 * A row is deleted when the time in its `column` has passed. Sessions go before the blacklist, or
 * a revoked one would come back to life on an instance whose clock is behind.
 */
const expiring = [
  { table: "sessions", key: "id", column: "expires_at" },
  { table: "sessions", key: "id", column: "idle_expires_at" },
  { table: "blacklist", key: "session_id", column: "expires_at" },
  { table: "rate_limits", key: "key", column: "expires_at" },
  { table: "audit_events", key: "id", column: "at" },
  { table: "mail_tokens", key: "hash", column: "expires_at" },
  { table: "mails", key: "id", column: "expires_at" },
  { table: "held_usernames", key: "username_key", column: "expires_at" },
  { table: "revoked_devices", key: "device_id", column: "expires_at" },
  { table: "pending_sign_ups", key: "id", column: "expires_at" },
] as const;

type Expiring = (typeof expiring)[number]["table"];
type Pruned = Record<Expiring | "users", number>;

/**
 * Deletes what has expired at `now` and returns the number of rows per table. `auditRetention` is
 * how long the audit log keeps an event, in milliseconds.
 */
export async function prune(db: Database, now: number, auditRetention: number): Promise<Pruned> {
  const pruned: Pruned = {
    blacklist: 0,
    sessions: 0,
    rate_limits: 0,
    audit_events: 0,
    mail_tokens: 0,
    mails: 0,
    held_usernames: 0,
    revoked_devices: 0,
    pending_sign_ups: 0,
    users: await deleteDueUsers(db, now),
  };
  for (const { table, key, column } of expiring) {
    const before = table === "audit_events" ? now - auditRetention : now;
    let deleted: number;
    do {
      deleted = await deleteChunk(db, table, key, column, before);
      pruned[table] += deleted;
      if (deleted > 0) await sleep(pause);
    } while (deleted === chunk);
  }
  return pruned;
}

async function deleteChunk(
  db: Database,
  table: Expiring,
  key: string,
  column: string,
  before: number,
): Promise<number> {
  const { ref, table: from } = db.query.dynamic;
  const rows = db.query
    .selectFrom(from(table).as("t"))
    .select(ref<string>(key))
    .where(ref(column), "<=", before)
    .limit(chunk);
  // What a power cut brings back is pruned next time.
  const { numDeletedRows } = await db.relaxed((query) =>
    query
      .deleteFrom(table)
      .where(ref(key), "in", rows)
      // Again, because a session may have been used since it was selected.
      .where(ref(column), "<=", before)
      .executeTakeFirst(),
  );
  return Number(numDeletedRows);
}
