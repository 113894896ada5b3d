import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import type { OutboxTable } from "./schema.ts";

export type EmailRow = Selectable<OutboxTable>;

export async function insertEmail(db: Query, mail: EmailRow): Promise<void> {
  await db.insertInto("mails").values(mail).execute();
}

/**
 * Takes a mail whose time has come, until `until`: whoever took it and has died by then has not
 * sent it. One compare-and-swap, so two instances send two mails and not one mail twice.
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

/** It could not be sent; to be tried again at `sendAt`. */
export async function postponeEmail(db: Query, id: string, sendAt: number): Promise<void> {
  await db.updateTable("mails").set({ send_at: sendAt }).where("id", "=", id).execute();
}

export async function deleteEmail(db: Query, id: string): Promise<void> {
  await db.deleteFrom("mails").where("id", "=", id).execute();
}
