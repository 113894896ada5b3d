/** Accounts that go, and when. */
import { setImmediate as letOthersIn } from "node:timers/promises";
import type { Database, Query } from "./database.ts";

/** Has the account deleted at `at`; null keeps it. */
export async function setDeletion(db: Query, id: string, at: number | null): Promise<void> {
  await db.updateTable("users").set({ deletes_at: at }).where("id", "=", id).execute();
}

/**
 * Deletes the accounts whose time has come, with all that belongs to them; what is on the
 * blacklist stays until it refuses nothing any more. Answers how many.
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
      await letOthersIn();
    }
    if (due.length < 100) return deleted;
  }
}

async function deleteDueUser(db: Database, id: string, now: number): Promise<boolean> {
  return db.atomically(async ({ query }) => {
    const gone = await query
      .deleteFrom("users")
      .where("id", "=", id)
      // Said twice: the owner may have come back in this moment.
      .where("deletes_at", "<=", now)
      .executeTakeFirst();
    if (gone.numDeletedRows === 0n) return false;
    for (const table of ["sessions", "audit_events", "mail_tokens", "mails"] as const) {
      await query.deleteFrom(table).where("user_id", "=", id).execute();
    }
    return true;
  });
}
