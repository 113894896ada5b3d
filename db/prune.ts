import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.ts";
import { deleteDueUsers } from "./deletions.ts";

/** Rows a statement deletes: few enough that nobody waits for it to end. */
const chunk = 200;

/**
 * Milliseconds between two statements, for everybody else. Without it SQLite, which answers at
 * once, would leave the process no moment for anything but pruning.
 */
const pause = 10;

/** How long the audit log remembers, in milliseconds: 90 days. */
const auditRetention = 90 * 24 * 3600 * 1000;

/**
 * What is deleted when: the row's time in `column` has come. A session goes before what refuses it,
 * or it would live again for whoever's clock is behind.
 */
const expiring = [
  { table: "sessions", key: "id", column: "expires_at" },
  { table: "sessions", key: "id", column: "idle_expires_at" },
  { table: "blacklist", key: "session_id", column: "expires_at" },
  { table: "rate_limits", key: "key", column: "expires_at" },
  { table: "audit_events", key: "id", column: "at" },
  { table: "mail_tokens", key: "hash", column: "expires_at" },
  { table: "mails", key: "id", column: "expires_at" },
] as const;

type Expiring = (typeof expiring)[number]["table"];
type Pruned = Record<Expiring | "users", number>;

/** Removes what has expired, and answers how many rows of each table that were. */
export async function prune(db: Database, now: number): Promise<Pruned> {
  const pruned: Pruned = {
    blacklist: 0,
    sessions: 0,
    rate_limits: 0,
    audit_events: 0,
    mail_tokens: 0,
    mails: 0,
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
  // What a power cut takes back is pruned the next time.
  const { numDeletedRows } = await db.relaxed((query) =>
    query
      .deleteFrom(table)
      .where(ref(key), "in", rows)
      // Said twice: a session may come to life again between the choice and the deed.
      .where(ref(column), "<=", before)
      .executeTakeFirst(),
  );
  return Number(numDeletedRows);
}
