/** Sign-ups whose address has yet to be confirmed. They reserve neither username nor address. */
import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import type { PendingSignUpsTable } from "./schema.ts";

export type PendingSignUpRow = Selectable<PendingSignUpsTable>;

export async function insertPendingSignUp(db: Query, signUp: PendingSignUpRow): Promise<void> {
  await db.insertInto("pending_sign_ups").values(signUp).execute();
}

export async function findPendingSignUp(
  db: Query,
  id: string,
  now: number,
): Promise<PendingSignUpRow | undefined> {
  return db
    .selectFrom("pending_sign_ups")
    .selectAll()
    .where("id", "=", id)
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

/**
 * Finds by email address if `identifier` contains an @, else by username; ignores case. Of several,
 * it is the one whose id is `preferred`, or else the latest.
 */
export async function findPendingByIdentifier(
  db: Query,
  identifier: string,
  now: number,
  preferred = "",
): Promise<PendingSignUpRow | undefined> {
  // No username contains NUL, and Postgres rejects it.
  if (identifier.includes("\0")) return undefined;
  return db
    .selectFrom("pending_sign_ups")
    .selectAll()
    .where(identifier.includes("@") ? "email_key" : "username_key", "=", identifier.toLowerCase())
    .where("expires_at", ">", now)
    .orderBy((by) => by.case().when("id", "=", preferred).then(0).else(1).end())
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
}

/**
 * Reads a sign-up and keeps other transactions from using it until this one ends. It is an update
 * that changes nothing, because SQLite has no `for update`.
 */
export async function lockPendingSignUp(
  db: Query,
  id: string,
): Promise<PendingSignUpRow | undefined> {
  return db
    .updateTable("pending_sign_ups")
    .set((set) => ({ created_at: set.ref("created_at") }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
}

export async function deletePendingSignUp(db: Query, id: string): Promise<void> {
  await db.deleteFrom("pending_sign_ups").where("id", "=", id).execute();
}
