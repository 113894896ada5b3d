import type { Insertable, Selectable } from "kysely";
import type { Query } from "./index.ts";
import type { UsersTable } from "./schema.ts";

export type UserRow = Selectable<UsersTable>;

/** Finds by what a person types: an email address if there is an @ in it, else a username. */
export async function findUserByIdentifier(
  db: Query,
  identifier: string,
): Promise<UserRow | undefined> {
  // Nobody is called that, and Postgres takes no NUL.
  if (identifier.includes("\0")) return undefined;
  const column = identifier.includes("@") ? "email_key" : "username_key";
  return db
    .selectFrom("users")
    .selectAll()
    .where(column, "=", identifier.toLowerCase())
    .executeTakeFirst();
}

/** Finds by username, email address or id. */
export async function findUser(db: Query, who: string): Promise<UserRow | undefined> {
  const found = await findUserByIdentifier(db, who);
  return found ?? db.selectFrom("users").selectAll().where("id", "=", who).executeTakeFirst();
}

/** What stood in the way of a new or renamed user. */
export type Taken = "username_taken" | "email_taken";

/** Inserts the user, or says which of the unique values is taken. */
export async function insertUser(db: Query, user: Insertable<UsersTable>): Promise<Taken | "ok"> {
  const inserted = await db
    .insertInto("users")
    .values(user)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (inserted) return "ok";
  const namesake = await findUserByIdentifier(db, user.username_key);
  return namesake ? "username_taken" : "email_taken";
}

/**
 * Inserts those users who are in nobody's way, and answers their ids.
 * @param users two thousand at most: SQLite takes 32,766 values a statement
 */
export async function insertUsers(db: Query, users: UserRow[]): Promise<string[]> {
  if (users.length === 0) return [];
  const inserted = await db
    .insertInto("users")
    .values(users)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .execute();
  return inserted.map(({ id }) => id);
}

/** Everyone who has one of these; a few thousand values at most. */
export async function findUsersAmong(
  db: Query,
  { ids, usernameKeys, emailKeys }: Record<"ids" | "usernameKeys" | "emailKeys", string[]>,
) {
  if (ids.length === 0) return [];
  return db
    .selectFrom("users")
    .select(["id", "username_key", "email_key"])
    .where(({ eb, or }) =>
      or([
        eb("id", "in", ids),
        eb("username_key", "in", usernameKeys),
        eb("email_key", "in", emailKeys),
      ]),
    )
    .execute();
}

/** Changes the profile; the unique index decides between two who want one name at once. */
export async function updateProfile(
  db: Query,
  id: string,
  change: { name?: string | undefined; username?: string | undefined },
): Promise<UserRow | "username_taken" | undefined> {
  const { name, username } = change;
  return db
    .updateTable("users")
    .set({
      ...(name !== undefined && { name }),
      ...(username !== undefined && { username, username_key: username.toLowerCase() }),
      // Keeps the statement valid when nothing else changes.
      id,
    })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst()
    .catch(async (error: unknown) => {
      const namesake = username && (await findUserByIdentifier(db, username));
      if (namesake && namesake.id !== id) return "username_taken" as const;
      throw error;
    });
}

export async function setUserActive(db: Query, id: string, isActive: boolean): Promise<void> {
  const is_active = isActive ? 1 : 0;
  await db.updateTable("users").set({ is_active }).where("id", "=", id).execute();
}

export async function setUserPassword(db: Query, id: string, hash: string): Promise<void> {
  await db.updateTable("users").set({ password_hash: hash }).where("id", "=", id).execute();
}

/**
 * Stores another hash of the same password, unless the password has been changed since `old` was
 * read: one compare-and-swap. Answers whether the swap happened.
 */
export async function replacePasswordHash(
  db: Query,
  id: string,
  old: string,
  renewed: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("users")
    .set({ password_hash: renewed })
    .where("id", "=", id)
    .where("password_hash", "=", old)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function recordLogin(db: Query, id: string, now: number): Promise<void> {
  await db.updateTable("users").set({ last_login_at: now }).where("id", "=", id).execute();
}
