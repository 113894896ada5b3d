import type { Kysely } from "kysely";

/** The outbox, emailed links, and accounts that are due to be deleted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("users").addColumn("deletes_at", "bigint").execute();
  await db.schema.createIndex("users_deletes_at").on("users").column("deletes_at").execute();

  await db.schema
    .alterTable("audit_events")
    .addColumn("place", "text", (c) => c.notNull().defaultTo(""))
    .execute();

  // No foreign keys: an address without an account gets rows like any other
  // (lib/auth/email/mail-tokens.ts).
  await db.schema
    .createTable("mail_tokens")
    .addColumn("hash", "text", (c) => c.primaryKey())
    .addColumn("purpose", "text", (c) => c.notNull())
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("account_state", "text", (c) => c.notNull())
    .addColumn("code_hash", "text", (c) => c.notNull())
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("mail_tokens_user_id")
    .on("mail_tokens")
    .columns(["user_id", "purpose"])
    .execute();
  await db.schema.createIndex("mail_tokens_email").on("mail_tokens").column("email").execute();
  await db.schema
    .createIndex("mail_tokens_expires_at")
    .on("mail_tokens")
    .column("expires_at")
    .execute();

  await db.schema
    .createTable("mails")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("sealed", "text", (c) => c.notNull())
    .addColumn("tries", "integer", (c) => c.notNull())
    .addColumn("send_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("mails_send_at").on("mails").column("send_at").execute();
  await db.schema.createIndex("mails_expires_at").on("mails").column("expires_at").execute();
}
