import { type ExpressionBuilder, type Insertable, type Selectable, sql } from "kysely";
import type { Database, Query } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { SessionsTable, Tables } from "./schema.ts";
import { publicUserColumns } from "./users.ts";

export type SessionRow = Selectable<SessionsTable>;

/** A session with its user and, when it is on the blacklist, the reason. */
export type SessionWithUser = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/**
 * The condition, in a query of `sessions`, that a session can still be used at `now` (Unix
 * milliseconds) by somebody's clock: it is not on the blacklist, and its absolute limit, which never
 * moves, has not passed. Limits are exclusive, as where tokens are judged (lib/auth/session/judge.ts).
 *
 * Its idle limit does not count: a refresh that began a moment earlier, or on an instance whose clock
 * is behind, moves it, and would bring back a session that a revocation left out (red team 15).
 */
export function isRevocable(now: number) {
  return ({ and, eb, exists, not, selectFrom }: ExpressionBuilder<Tables, "sessions">) => {
    const refusal = selectFrom("blacklist")
      .select("blacklist.session_id")
      .whereRef("blacklist.session_id", "=", "sessions.id");
    return and([not(exists(refusal)), eb("sessions.expires_at", ">", now)]);
  };
}

/** The condition that a session is alive at `now`, as its owner sees it: also used recently enough. */
function isAlive(now: number) {
  return (builder: ExpressionBuilder<Tables, "sessions">) =>
    builder.and([isRevocable(now)(builder), builder("sessions.idle_expires_at", ">", now)]);
}

/** Reads everything that judging a token needs at once, so that no two reads can disagree. */
export async function findSession(db: Query, id: string) {
  const { rows } = await sessionById(db, { id });
  return rows[0];
}

const sessionById = prepared<{ id: string }>()((db, param) =>
  db
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .leftJoin("blacklist", "blacklist.session_id", "sessions.id")
    // Cast, because SQLite plans the join anew for each value of a bare parameter, which takes four
    // times as long as the join (https://sqlite.org/c3ref/prepare.html, on bindings and STAT4).
    .where("sessions.id", "=", sql<string>`cast(${param("id")} as text)`)
    .select([
      "sessions.id",
      "sessions.user_id",
      "sessions.generation",
      "sessions.token_id",
      "sessions.advanced_at",
      "sessions.authenticated_at",
      "sessions.last_used_at",
      "sessions.idle_expires_at",
      "sessions.expires_at",
      "sessions.remember",
      "sessions.amr",
      "blacklist.reason as revoked",
    ])
    .select(publicUserColumns.map((column) => `users.${column}` as const)),
);

export async function insertSession(db: Query, session: Insertable<SessionsTable>): Promise<void> {
  await db.insertInto("sessions").values(session).execute();
}

/**
 * Advances the session to `next` unless another request has advanced it since it was read. Returns
 * whether it did. One compare-and-swap, so it holds across processes (better-auth's CVE-2026-53517
 * checked first and wrote afterwards).
 */
export async function advanceSession(
  db: Database,
  read: { id: string; token_id: string },
  next: { generation: number; tokenId: string; idleExpiresAt: number },
  now: number,
): Promise<boolean> {
  const { id, token_id: readTokenId } = read;
  const { numAffectedRows = 0n } = await db.relaxed((query) =>
    swapToken(query, { ...next, id, readTokenId, now }),
  );
  return numAffectedRows > 0n;
}

interface Swap {
  id: string;
  readTokenId: string;
  generation: number;
  tokenId: string;
  idleExpiresAt: number;
  now: number;
}

const swapToken = prepared<Swap>()((db, param) =>
  db
    .updateTable("sessions")
    .set({
      generation: param("generation"),
      token_id: param("tokenId"),
      advanced_at: param("now"),
      last_used_at: param("now"),
      idle_expires_at: param("idleExpiresAt"),
    })
    .where("id", "=", param("id"))
    .where("token_id", "=", param("readTokenId")),
);

/** Records that the session is in use, and moves its idle limit. */
export async function touchSession(
  db: Database,
  id: string,
  idleExpiresAt: number,
  now: number,
): Promise<void> {
  await db.relaxed((query) => recordUse(query, { id, idleExpiresAt, now }));
}

const recordUse = prepared<{ id: string; idleExpiresAt: number; now: number }>()((db, param) =>
  db
    .updateTable("sessions")
    .set({ last_used_at: param("now"), idle_expires_at: param("idleExpiresAt") })
    .where("id", "=", param("id")),
);

/** More than a user can have (lib/auth/session/sessions.ts): no read is without a bound. */
const mostListed = 200;

/** The user's sessions that are alive at `now`, the most recently used first. */
export async function listLiveSessions(
  db: Query,
  userId: string,
  now: number,
): Promise<SessionRow[]> {
  return db
    .selectFrom("sessions")
    .selectAll()
    .where("user_id", "=", userId)
    .where(isAlive(now))
    .orderBy("last_used_at", "desc")
    .orderBy("created_at", "desc")
    .limit(mostListed)
    .execute();
}
