import { sql } from "kysely";
import type { Database } from "./database.ts";
import { prepared } from "./prepared.ts";

/** Durations are milliseconds. */
export interface Penalty {
  /** Attempts per window; at least 2. */
  limit: number;
  window: number;
  /** How long the key is blocked once the limit is reached; doubles with each further attempt. */
  delay: number;
  maxDelay: number;
  /** How long the count is kept after a block. */
  memory: number;
}

/**
 * Takes one attempt from `key`, or returns until when it is blocked (Unix milliseconds). One
 * statement, so a hundred parallel guesses get no more attempts than the limit (better-auth's
 * CVE-2026-110861 counted after the fact).
 */
export async function consumeAttempt(
  db: Database,
  key: string,
  penalty: Penalty,
  now: number,
): Promise<{ allowed: true; count: number } | { allowed: false; blockedUntil: number }> {
  const { limit, window, delay, maxDelay, memory } = penalty;
  const ends = { windowEnds: now + window, forgottenAt: now + memory };
  const attempt = { key, now, limit, delay, maxDelay, ...ends };
  const { rows } = await db.relaxed((query) => countAttempt(query, attempt));
  if (rows[0]) return { allowed: true, count: rows[0].count };

  const row = await db.query
    .selectFrom("rate_limits")
    .select("blocked_until")
    .where("key", "=", key)
    .executeTakeFirst();
  return { allowed: false, blockedUntil: row?.blocked_until ?? now + delay };
}

interface Attempt extends Pick<Penalty, "limit" | "delay" | "maxDelay"> {
  key: string;
  now: number;
  /** When a window that starts now ends. */
  windowEnds: number;
  /** When the count of a block that ends now is forgotten. */
  forgottenAt: number;
}

const countAttempt = prepared<Attempt>()((db, param) => {
  const [now, limit, maxDelay] = [param("now"), param("limit"), param("maxDelay")];
  const count = sql<number>`case when rate_limits.expires_at <= ${now} then 1 else rate_limits.count + 1 end`;
  // Doubles by a shift, capped before it can overflow.
  const over = sql<number>`case when (${count}) - ${limit} > 20 then 20 else (${count}) - ${limit} end`;
  const doubled = sql<number>`(cast(${param("delay")} as bigint) << cast(${over} as integer))`;
  const block = sql<number>`case when ${doubled} > ${maxDelay} then ${maxDelay} else ${doubled} end`;
  return db
    .insertInto("rate_limits")
    .values({
      key: param("key"),
      count: 1,
      blocked_until: 0,
      expires_at: param("windowEnds"),
    })
    .onConflict((conflict) =>
      conflict
        .column("key")
        .doUpdateSet({
          count,
          blocked_until: sql<number>`case when (${count}) < ${limit} then 0 else ${now} + (${block}) end`,
          expires_at: sql<number>`case
            when (${count}) >= ${limit} then ${param("forgottenAt")} + (${block})
            when rate_limits.expires_at <= ${now} then ${param("windowEnds")}
            else rate_limits.expires_at end`,
        })
        .where("rate_limits.blocked_until", "<=", now),
    )
    .returning("count");
});

/** Forgets the attempts of `key`, after the right password. */
export async function resetAttempts(db: Database, key: string): Promise<void> {
  await db.relaxed((query) => query.deleteFrom("rate_limits").where("key", "=", key).execute());
}

/** Gives one attempt back that was not a failure after all. */
export async function refundAttempt(db: Database, key: string): Promise<void> {
  await db.relaxed((query) =>
    query
      .updateTable("rate_limits")
      .set({ count: sql`count - 1`, blocked_until: 0 })
      .where("key", "=", key)
      .where("count", ">", 0)
      .execute(),
  );
}
