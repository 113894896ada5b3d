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
      await deleteMostOf(db, id, now);
      deleted += Number(await deleteDueUser(db, id, now));
      await yieldToRequests();
    }
    if (due.length < 100) return deleted;
  }
}

/** Rows per statement: few enough that no request waits long for it. */
const chunk = 200;

/**
 * Deletes the user's rows that there may be very many of, some at a time, so that little is left for
 * the one transaction (red team 6). An owner who signs in just then keeps the account and what is
 * left of its events.
 */
async function deleteMostOf(db: Database, userId: string, now: number): Promise<void> {
  for (const table of ["audit_events", "sessions"] as const) {
    let deleted: number;
    do {
      const { numDeletedRows } = await db.query
        .deleteFrom(table)
        .where("id", "in", (rows) =>
          rows.selectFrom(table).select("id").where("user_id", "=", userId).limit(chunk),
        )
        .where((row) =>
          row.exists(
            row
              .selectFrom("users")
              .select("users.id")
              .where("users.id", "=", userId)
              .where("users.deletes_at", "<=", now),
          ),
        )
        .executeTakeFirst();
      deleted = Number(numDeletedRows);
      await yieldToRequests();
    } while (deleted === chunk);
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
