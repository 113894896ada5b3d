import type { Database, Query } from "./index.ts";
import type { RevocationReason } from "./schema.ts";

/** Which sessions to end: some of one user's, or all but one of them. */
type Which = { ids: string[] } | { allBut: string };

/**
 * Puts sessions of `userId` on the blacklist and answers how many were not there before. Durable
 * when it returns. A session that is over in any case is left out: nothing needs refusing.
 */
export async function revokeSessions(
  db: Database,
  userId: string,
  which: Which,
  reason: RevocationReason,
  now: number,
): Promise<number> {
  const result = await db.query
    .insertInto("blacklist")
    .columns(["session_id", "user_id", "reason", "revoked_at", "expires_at"])
    .expression((insert) => {
      const sessions = insert
        .selectFrom("sessions")
        .where("user_id", "=", userId)
        .where("expires_at", ">", now)
        .where("idle_expires_at", ">", now)
        .select((select) => [
          "id",
          "user_id",
          select.val(reason).as("reason"),
          select.val(now).as("revoked_at"),
          "expires_at",
        ]);
      return "ids" in which
        ? sessions.where("id", "in", which.ids)
        : sessions.where("id", "!=", which.allBut);
    })
    .onConflict((conflict) => conflict.column("session_id").doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0n);
}

/** Removes what can no longer refuse anything, and the sessions that are over. */
export async function pruneSessions(db: Query, now: number): Promise<void> {
  await db.deleteFrom("blacklist").where("expires_at", "<=", now).execute();
  await db
    .deleteFrom("sessions")
    .where((or) => or.or([or("expires_at", "<=", now), or("idle_expires_at", "<=", now)]))
    .execute();
}
