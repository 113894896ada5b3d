import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import { findHeldUsernames } from "./held-usernames.ts";
import type { UsersTable } from "./schema.ts";

export type UserRow = Selectable<UsersTable>;

/** A `password_hash` that no password matches; Django writes it the same way. */
export const unusablePassword = "!";

/** What the API shows of a user, besides the id. */
export const publicUserColumns = [
  "username",
  "email",
  "email_verified",
  "name",
  "role",
  "is_active",
  "joined_at",
  "last_login_at",
] as const satisfies (keyof UserRow)[];

/** Those columns, of a row of `users` or of one joined to a session. */
export type PublicUserRow = Pick<UserRow, (typeof publicUserColumns)[number]>;

/**
 * Finds by username or email address; ignores case. An imported username may contain an @. It must
 * not get between the owner of an address and their account, so the address goes first.
 * @param identifier in its canonical form (lib/contract/identifiers.ts)
 */
export async function findUserByIdentifier(
  db: Query,
  identifier: string,
): Promise<UserRow | undefined> {
  // No username contains NUL, and Postgres rejects it.
  if (identifier.includes("\0")) return undefined;
  const key = identifier.toLowerCase();
  const users = db.selectFrom("users").selectAll();
  if (!key.includes("@")) return users.where("username_key", "=", key).executeTakeFirst();
  return users
    .where((where) => where.or({ email_key: key, username_key: key }))
    .orderBy((by) => by.case().when("email_key", "=", key).then(0).else(1).end())
    .limit(1)
    .executeTakeFirst();
}

/** @param email in its canonical form */
export async function findUserByEmail(db: Query, email: string): Promise<UserRow | undefined> {
  if (email.includes("\0")) return undefined;
  return db
    .selectFrom("users")
    .selectAll()
    .where("email_key", "=", email.toLowerCase())
    .executeTakeFirst();
}

export async function findUserById(db: Query, id: string): Promise<UserRow | undefined> {
  return db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
}

/**
 * Reads a user and keeps other transactions from changing it until this one ends. It is an update
 * that changes nothing, because SQLite has no `for update`.
 */
export async function lockUser(db: Query, id: string): Promise<UserRow | undefined> {
  return db
    .updateTable("users")
    .set((set) => ({ is_active: set.ref("is_active") }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
}

/** Finds by username, email address or id. @param who in its canonical form */
export async function findUser(db: Query, who: string): Promise<UserRow | undefined> {
  return (await findUserByIdentifier(db, who)) ?? findUserById(db, who);
}

/** Deletes a user that this transaction has inserted; nothing else belongs to it yet. */
export async function deleteUser(db: Query, id: string): Promise<void> {
  await db.deleteFrom("users").where("id", "=", id).execute();
}

/** The result of inserting a user; `owner` is the account that has the address. */
export type Insertion =
  | { kind: "ok" }
  | { kind: "username_taken" }
  | { kind: "email_taken"; owner: UserRow | undefined };

/**
 * Inserts the user, or returns which unique value is taken. Their username is taken as well while it
 * is held for an account that has given it up.
 * @param user somebody who joins now: `joined_at` is what holds are compared with
 */
export async function insertUser(db: Query, user: UserRow): Promise<Insertion> {
  const inserted = await db
    .insertInto("users")
    .values(user)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  const { id, username_key, email_key, joined_at: now } = user;
  // Asked afterwards: an account that gives the name up has it held by the time it is free. And in
  // either case, or a held name would tell whether an account has the address.
  const [held] = await findHeldUsernames(db, [username_key], id, now);
  if (inserted && held === undefined) return { kind: "ok" };
  if (inserted) await deleteUser(db, id);
  if (held !== undefined) return { kind: "username_taken" };
  const namesakes = await db
    .selectFrom("users")
    .selectAll()
    .where((where) => where.or({ username_key, email_key }))
    .execute();
  return namesakes.some((namesake) => namesake.username_key === username_key)
    ? { kind: "username_taken" }
    : { kind: "email_taken", owner: namesakes[0] };
}

/**
 * Inserts the users whose unique values are free, and returns their ids.
 * @param users at most two thousand: SQLite takes 32,766 values per statement
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

/** Finds the users that have one of these values; at most a few thousand of them. */
export async function findUsersAmong(
  db: Query,
  { ids, usernameKeys, emailKeys }: Record<"ids" | "usernameKeys" | "emailKeys", string[]>,
): Promise<UserRow[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom("users")
    .selectAll()
    .where(({ eb, or }) =>
      or([
        eb("id", "in", ids),
        eb("username_key", "in", usernameKeys),
        eb("email_key", "in", emailKeys),
      ]),
    )
    .execute();
}

/** Replaces everything but the id. Throws if another user has a unique value. */
export async function replaceUser(db: Query, { id, ...rest }: UserRow): Promise<void> {
  await db.updateTable("users").set(rest).where("id", "=", id).execute();
}

export async function replaceName(db: Query, id: string, name: string): Promise<void> {
  await db.updateTable("users").set({ name }).where("id", "=", id).execute();
}

/** Throws if another account has the name. */
export async function replaceUsername(
  db: Query,
  id: string,
  { username, username_key }: Pick<UserRow, "username" | "username_key">,
): Promise<void> {
  await db.updateTable("users").set({ username, username_key }).where("id", "=", id).execute();
}

/** Returns whether there is such a user. */
export async function setUserActive(db: Query, id: string, isActive: boolean): Promise<boolean> {
  const is_active = isActive ? 1 : 0;
  const result = await db
    .updateTable("users")
    .set({ is_active })
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Sets the password, whatever it was. For callers that have locked the user in this transaction.
 * @throws {Error} when there is no such user, so that nothing is reported that has not happened
 */
export async function setPasswordOf(db: Query, id: string, hash: string): Promise<void> {
  const result = await db
    .updateTable("users")
    .set({ password_hash: hash })
    .where("id", "=", id)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw new Error("There is no such user any more.");
}

/**
 * Replaces the password unless it has changed since `user` was read: of two concurrent changes, one
 * succeeds. Returns whether this one did.
 */
export async function replacePassword(
  db: Query,
  user: Pick<UserRow, "id" | "password_hash">,
  hash: string,
): Promise<boolean> {
  const result = await db
    .updateTable("users")
    .set({ password_hash: hash })
    .where("id", "=", user.id)
    .where("password_hash", "=", user.password_hash)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Replaces the address and marks it verified. Throws if another account has it. */
export async function replaceEmail(db: Query, id: string, email: string): Promise<void> {
  await db
    .updateTable("users")
    .set({ email, email_key: email.toLowerCase(), email_verified: 1 })
    .where("id", "=", id)
    .execute();
}

export async function setEmailVerified(db: Query, id: string, verified: boolean): Promise<void> {
  const email_verified = verified ? 1 : 0;
  await db.updateTable("users").set({ email_verified }).where("id", "=", id).execute();
}

/**
 * Records a sign-in and returns the user as it is now, or undefined if the password has been
 * replaced since it was verified, or the account deleted or disabled. One compare-and-swap.
 */
export async function recordLogin(
  db: Query,
  proved: Pick<UserRow, "id" | "password_hash">,
  now: number,
): Promise<UserRow | undefined> {
  return db
    .updateTable("users")
    .set({ last_login_at: now })
    .where("id", "=", proved.id)
    .where("password_hash", "=", proved.password_hash)
    .where("is_active", "=", 1)
    .returningAll()
    .executeTakeFirst();
}
