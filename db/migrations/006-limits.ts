import type { Kysely } from "kysely";

/** Emails by urgency, the digest of notices, and events by type. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("mails")
    .addColumn("priority", "integer", (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("mails")
    .addColumn("notices", "integer", (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex("mails_priority_send_at")
    .on("mails")
    .columns(["priority", "send_at"])
    .execute();
  await db.schema
    .createIndex("audit_events_user_id_type_at")
    .on("audit_events")
    .columns(["user_id", "type", "at"])
    .execute();
}
