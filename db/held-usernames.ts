/** Usernames that accounts have given up, held for them for a while. */
import type { Selectable } from "kysely";
import type { Query } from "./database.ts";
import type { HeldUsernamesTable } from "./schema.ts";

type HeldUsername = Selectable<HeldUsernamesTable>;

/** Holds the name in place of an earlier hold, which has expired if it is another account's. */
export async function holdUsername(db: Query, held: HeldUsername): Promise<void> {
  const { username_key: _, ...rest } = held;
  await db
    .insertInto("held_usernames")
    .values(held)
    .onConflict((conflict) => conflict.column("username_key").doUpdateSet(rest))
    .execute();
}

/** Which of the names are held at `now` for another account than `userId`. */
export async function findHeldUsernames(
  db: Query,
  usernameKeys: string[],
  userId: string,
  now: number,
): Promise<string[]> {
  if (usernameKeys.length === 0) return [];
  const held = await db
    .selectFrom("held_usernames")
    .select("username_key")
    .where("username_key", "in", usernameKeys)
    .where("user_id", "!=", userId)
    .where("expires_at", ">", now)
    .execute();
  return held.map(({ username_key }) => username_key);
}

/** The names that are held for the account at `now`, the first that it gave up first. */
export async function listHeldUsernames(
  db: Query,
  userId: string,
  now: number,
): Promise<HeldUsername[]> {
  return db
    .selectFrom("held_usernames")
    .selectAll()
    .where("user_id", "=", userId)
    .where("expires_at", ">", now)
    .orderBy("held_at")
    .execute();
}

/** Lets go of the name, because its account has it again. */
export async function releaseUsername(db: Query, usernameKey: string): Promise<void> {
  await db.deleteFrom("held_usernames").where("username_key", "=", usernameKey).execute();
}
