import type { Database } from "./database.ts";
import type { RevocationReason } from "./schema.ts";
import { isRevocable } from "./sessions.ts";

/** Which of a user's sessions to end: all, some, or all but one. */
export type Which = "all" | string[] | { allBut: string };

/**
 * Puts the sessions among `which` of `userId` that can still be used on the blacklist, and returns how
 * many there were. Durable when it returns.
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
        .where(isRevocable(now))
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
    // Of two requests that revoke a session at once, one inserts the row.
    .onConflict((conflict) => conflict.column("session_id").doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0n);
}
