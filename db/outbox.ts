import type { Selectable } from "kysely";
import type { Query } from "./index.ts";
import type { MailsTable } from "./schema.ts";

export type MailRow = Selectable<MailsTable>;

export async function insertMail(db: Query, mail: MailRow): Promise<void> {
  await db.insertInto("mails").values(mail).execute();
}

/**
 * Takes a mail whose time has come, until `until`: whoever took it and has died by then has not
 * sent it. One compare-and-swap, so two instances send two mails and not one mail twice.
 */
export async function claimMail(
  db: Query,
  now: number,
  until: number,
): Promise<MailRow | undefined> {
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
export async function postponeMail(db: Query, id: string, sendAt: number): Promise<void> {
  await db.updateTable("mails").set({ send_at: sendAt }).where("id", "=", id).execute();
}

export async function deleteMail(db: Query, id: string): Promise<void> {
  await db.deleteFrom("mails").where("id", "=", id).execute();
}
