/** Accounts that are due to be deleted. */
import { setImmediate as yieldToRequests } from "node:timers/promises";
import type { Database, Query } from "./database.ts";

/** Everything that goes with an account. */
const ofUser = [
  "sessions",
  "audit_events",
  "mail_tokens",
  "mails",
  "held_usernames",
  "revoked_devices",
] as const;

/** Schedules the account's deletion for `at` (Unix milliseconds); null cancels it. */
export async function setDeletion(db: Query, id: string, at: number | null): Promise<void> {
  await db.updateTable("users").set({ deletes_at: at }).where("id", "=", id).execute();
}

/**
 * Deletes the accounts that are due, with everything in them, and returns how many. Their rows on
 * the blacklist stay until they expire.
 */
export async function deleteDueUsers(db: Database, now: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const due = await db.query
      .selectFrom("users")
      .select("id")
      .where("deletes_at", "<=", now)
      .limit(100)
      .execute();
    for (const { id } of due) {
      deleted += Number(await deleteDueUser(db, id, now));
      await yieldToRequests();
    }
    if (due.length < 100) return deleted;
  }
}

async function deleteDueUser(db: Database, id: string, now: number): Promise<boolean> {
  return db.atomically(async ({ query }) => {
    const gone = await query
      .deleteFrom("users")
      .where("id", "=", id)
      // Again, because the owner may have signed in since.
      .where("deletes_at", "<=", now)
      .executeTakeFirst();
    if (gone.numDeletedRows === 0n) return false;
    for (const table of ofUser) {
      await query.deleteFrom(table).where("user_id", "=", id).execute();
    }
    return true;
  });
}
