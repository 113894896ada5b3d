import type { Database } from "./database.ts";
import type { RevocationReason } from "./schema.ts";

/** Which sessions of one user's to end: all, some of them, or all but one. */
type Which = "all" | string[] | { allBut: string };

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
  if (Array.isArray(which) && which.length === 0) return 0;
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
          // Postgres takes a bare parameter for text.
          select.cast<string>(select.val(reason), "text").as("reason"),
          select.cast<number>(select.val(now), "bigint").as("revoked_at"),
          "expires_at",
        ]);
      if (which === "all") return sessions;
      return Array.isArray(which)
        ? sessions.where("id", "in", which)
        : sessions.where("id", "!=", which.allBut);
    })
    .onConflict((conflict) => conflict.column("session_id").doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0n);
}
