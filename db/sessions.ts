import { type Insertable, type Selectable, sql } from "kysely";
import type { Database, Query } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { SessionsTable } from "./schema.ts";

export type SessionRow = Selectable<SessionsTable>;

/** A session with its user and, when it is on the blacklist, the reason. */
export type SessionWithUser = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** Everything that judging a token needs, in one read, so that no two reads can disagree. */
export async function findSession(db: Query, id: string) {
  const { rows } = await sessionById(db, { id });
  return rows[0];
}

const sessionById = prepared((db, { id }: { id: string }) =>
  db
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .leftJoin("blacklist", "blacklist.session_id", "sessions.id")
    // Not the bare parameter: SQLite would plan the join anew for each value of it, which takes four
    // times as long as the join (https://sqlite.org/c3ref/prepare.html, on bindings and STAT4).
    .where("sessions.id", "=", sql<string>`cast(${id} as text)`)
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
      "users.username",
      "users.email",
      "users.email_verified",
      "users.name",
      "users.role",
      "users.is_active",
      "users.joined_at",
      "users.last_login_at",
      "blacklist.reason as revoked",
    ]),
);

export async function insertSession(db: Query, session: Insertable<SessionsTable>): Promise<void> {
  await db.insertInto("sessions").values(session).execute();
}

/**
 * Advances the session to `next`, unless another request has advanced it since it was read: one
 * compare-and-swap, so it holds across processes (better-auth's CVE-2026-53517 checked first and
 * wrote after). Answers whether the swap happened.
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

const swapToken = prepared((db, swap: Swap) =>
  db
    .updateTable("sessions")
    .set({
      generation: swap.generation,
      token_id: swap.tokenId,
      advanced_at: swap.now,
      last_used_at: swap.now,
      idle_expires_at: swap.idleExpiresAt,
    })
    .where("id", "=", swap.id)
    .where("token_id", "=", swap.readTokenId),
);

/** Notes that the session is in use, and moves its idle limit. */
export async function touchSession(
  db: Database,
  id: string,
  idleExpiresAt: number,
  now: number,
): Promise<void> {
  await db.relaxed((query) => noteUse(query, { id, idleExpiresAt, now }));
}

const noteUse = prepared((db, use: { id: string; idleExpiresAt: number; now: number }) =>
  db
    .updateTable("sessions")
    .set({ last_used_at: use.now, idle_expires_at: use.idleExpiresAt })
    .where("id", "=", use.id),
);

/** The sessions of a user that could still be used, the latest used first. */
export async function listLiveSessions(
  db: Query,
  userId: string,
  now: number,
): Promise<SessionRow[]> {
  return db
    .selectFrom("sessions")
    .selectAll("sessions")
    .leftJoin("blacklist", "blacklist.session_id", "sessions.id")
    .where("sessions.user_id", "=", userId)
    .where("blacklist.session_id", "is", null)
    .where("sessions.idle_expires_at", ">", now)
    .where("sessions.expires_at", ">", now)
    .orderBy("sessions.last_used_at", "desc")
    .orderBy("sessions.created_at", "desc")
    .execute();
}
