import type { Kysely } from "kysely";

/** What a taken-over account needs: held usernames, revoked devices, and codes for one browser. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Both are empty for what was made before: such codes belong to no browser, such sessions to no
  // device.
  await db.schema
    .alterTable("mail_tokens")
    .addColumn("request_hash", "text", (c) => c.notNull().defaultTo(""))
    .execute();
  await db.schema
    .alterTable("sessions")
    .addColumn("device_id", "text", (c) => c.notNull().defaultTo(""))
    .execute();

  await db.schema
    .createTable("held_usernames")
    .addColumn("username_key", "text", (c) => c.primaryKey())
    .addColumn("username", "text", (c) => c.notNull())
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("held_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("revoked_devices")
    .addColumn("device_id", "text", (c) => c.primaryKey())
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  for (const table of ["held_usernames", "revoked_devices"]) {
    await db.schema.createIndex(`${table}_user_id`).on(table).column("user_id").execute();
    await db.schema.createIndex(`${table}_expires_at`).on(table).column("expires_at").execute();
  }
}
