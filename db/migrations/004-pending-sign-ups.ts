import type { Kysely } from "kysely";

/** Sign-ups whose address has yet to be confirmed (lib/auth/account/pending.ts). */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Neither the username nor the address is unique: a sign-up that is not confirmed reserves nothing.
  await db.schema
    .createTable("pending_sign_ups")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("username", "text", (c) => c.notNull())
    .addColumn("username_key", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("email_key", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("password_hash", "text", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  for (const column of ["username_key", "email_key", "expires_at"]) {
    await db.schema
      .createIndex(`pending_sign_ups_${column}`)
      .on("pending_sign_ups")
      .column(column)
      .execute();
  }
}
