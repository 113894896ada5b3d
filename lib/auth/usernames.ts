/**
 * A username is a name to sign in with. An attacker who renames an account must not get its name for
 * another one, so the name is held for its account for a while (red team 10).
 */
import {
  findHeldUsernames,
  holdUsername,
  listHeldUsernames,
  releaseUsername,
} from "#db/held-usernames.ts";
import { findUserByIdentifier, replaceUsername, type UserRow } from "#db/users.ts";
import { usernameKey } from "#lib/contract/identifiers.ts";
import { usernameHold } from "#lib/contract/lifetimes.ts";
import type { AuthContext } from "./context.ts";

/** Names that one account can keep from others: the first ones, which an attacker did not choose. */
const maxHeld = 5;

/**
 * Gives the user, who is locked, another username, and holds the old one. Throws if another account
 * has the new one or has it held; so call it in a transaction.
 */
export async function rename(tx: AuthContext, user: UserRow, username: string): Promise<UserRow> {
  const { now } = tx;
  const { query } = tx.db;
  const username_key = usernameKey(username);
  await replaceUsername(query, user.id, { username, username_key });
  // Asked afterwards: an account that gives the name up has it held by the time it is free.
  const [heldForAnother] = await findHeldUsernames(query, [username_key], user.id, now);
  if (heldForAnother) throw new Error("This username is held for another account.");
  const held = await listHeldUsernames(query, user.id, now);
  // A name that comes back keeps its place, or a thief could fill the places after taking it back.
  const earlier = held.find((each) => each.username_key === user.username_key);
  if (username_key !== user.username_key && (earlier || held.length < maxHeld)) {
    const { username_key: key, username: name, id: user_id } = user;
    const hold = { username_key: key, username: name, user_id };
    const held_at = earlier?.held_at ?? now;
    await holdUsername(query, { ...hold, held_at, expires_at: now + usernameHold });
  }
  return { ...user, username, username_key };
}

/** Gives the user the name back that they had at `since` (Unix milliseconds), if it has changed. */
export async function restoreUsername(
  tx: AuthContext,
  user: UserRow,
  since: number,
): Promise<UserRow> {
  const { query } = tx.db;
  const later = await listHeldUsernames(query, user.id, tx.now);
  const [first, ...chosenByAttacker] = later.filter(({ held_at }) => held_at >= since);
  if (!first) return user;
  const { username, username_key } = first;
  // Nobody can have it. But if somebody has, taking the account back must not fail for that.
  const namesake = await findUserByIdentifier(query, username);
  if (namesake && namesake.id !== user.id) return user;
  await replaceUsername(query, user.id, first);
  for (const name of [first, ...chosenByAttacker]) await releaseUsername(query, name.username_key);
  return { ...user, username, username_key };
}
