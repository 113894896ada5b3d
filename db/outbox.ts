import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import type { OutboxTable } from "./schema.ts";

export type EmailRow = Selectable<OutboxTable>;

/** Inserts a digest of one notice, or counts one more in the digest with this id that waits already. */
export async function addToDigest(db: Query, digest: EmailRow): Promise<void> {
  await db
    .insertInto("mails")
    .values(digest)
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((set) => ({ notices: set("mails.notices", "+", 1) })),
    )
    .execute();
}

export async function insertEmail(db: Query, email: EmailRow): Promise<void> {
  await db.insertInto("mails").values(email).execute();
}

/**
 * Claims the most urgent email that is due, or returns undefined when there is none. After `until` the instance
 * that claimed it counts as dead, and another may claim it. One compare-and-swap, so two instances
 * never claim the same email at once.
 */
export async function claimEmail(
  db: Query,
  now: number,
  until: number,
): Promise<EmailRow | undefined> {
  for (;;) {
    const due = await db
      .selectFrom("mails")
      .selectAll()
      .where("send_at", "<=", now)
      .where("expires_at", ">", now)
      .orderBy("priority")
      .orderBy("send_at")
      .limit(1)
      .executeTakeFirst();
    if (!due) return undefined;
    const claimed = await db
      .updateTable("mails")
      .set({ send_at: until, tries: due.tries + 1 })
      .where("id", "=", due.id)
      .where("send_at", "=", due.send_at)
      .where("tries", "=", due.tries)
      .executeTakeFirst();
    if (claimed.numUpdatedRows > 0n) return { ...due, send_at: until, tries: due.tries + 1 };
  }
}

/** Schedules the next attempt for `sendAt` (Unix milliseconds). */
export async function postponeEmail(db: Query, id: string, sendAt: number): Promise<void> {
  await db.updateTable("mails").set({ send_at: sendAt }).where("id", "=", id).execute();
}

export async function deleteEmail(db: Query, id: string): Promise<void> {
  await db.deleteFrom("mails").where("id", "=", id).execute();
}
