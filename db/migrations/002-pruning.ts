import type { Kysely } from "kysely";

/** Indexes for finding what has expired. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex("sessions_idle_expires_at")
    .on("sessions")
    .column("idle_expires_at")
    .execute();
  await db.schema.createIndex("audit_events_at").on("audit_events").column("at").execute();
}
