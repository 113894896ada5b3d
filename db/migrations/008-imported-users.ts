import type { Kysely } from "kysely";

/** Which accounts were imported, and what they were then. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // No foreign key: the row outlives its account, so that another import does not bring it back.
  await db.schema
    .createTable("imported_users")
    .addColumn("user_id", "text", (c) => c.primaryKey())
    .addColumn("state", "text", (c) => c.notNull())
    .execute();
}
