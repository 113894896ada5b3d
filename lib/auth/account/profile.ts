import { findHeldUsernames } from "#db/held-usernames.ts";
import { findUserByIdentifier, lockUser, replaceName, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { consume } from "#lib/auth/guard/rate-limits.ts";
import { notifyOf } from "#lib/auth/notices.ts";
import { rename } from "#lib/auth/usernames.ts";
import { canonicalIdentifier, usernameKey } from "#lib/contract/identifiers.ts";

export type ProfileChange =
  | { kind: "changed"; user: UserRow }
  | { kind: "username_taken" }
  | { kind: "user_gone" };

interface Profile {
  name?: string | undefined;
  username?: string | undefined;
}

/**
 * Changes the name or the username, and tells the owner of another username. For that the caller has
 * to have signed in recently, which the route asks for. What is there already is no change, and no
 * event.
 * @throws {RateLimitedError}
 */
export async function changeProfile(
  context: AuthContext,
  userId: string,
  { name, username }: Profile,
): Promise<ProfileChange> {
  await consume(context, { kind: "profile by account", of: userId });
  // The response says whether a username is taken, as that of a sign-up does, and is limited alike.
  if (username !== undefined) {
    await consume(context, { kind: "usernames by network", of: context.caller.network });
  }
  try {
    return await transaction(context, async (tx) => {
      const user = await lockUser(tx.db.query, userId);
      if (!user) return { kind: "user_gone" };
      const renamed = changesUsername(user, username) ? await rename(tx, user, username) : user;
      const newName = name ?? user.name;
      if (newName !== user.name) await replaceName(tx.db.query, userId, newName);
      const detail = [newName !== user.name && "name", renamed !== user && "username"];
      if (detail.some(Boolean)) {
        await audit(tx, "profile_changed", { userId, detail: detail.filter(Boolean).join(" ") });
      }
      if (renamed !== user) await notifyOf(tx, user, "username_changed");
      return { kind: "changed", user: { ...renamed, name: newName } };
    });
  } catch (error) {
    // The unique index decides between two users who want the same name.
    if (username && (await isTaken(context, userId, username))) return { kind: "username_taken" };
    throw error;
  }
}

/** Whether `username` is another name than the user's. A page sends the whole profile. */
export function changesUsername(
  user: Pick<UserRow, "username">,
  username: string | undefined,
): username is string {
  return username !== undefined && username !== canonicalIdentifier(user.username);
}

async function isTaken(
  { db, now }: AuthContext,
  userId: string,
  username: string,
): Promise<boolean> {
  const namesake = await findUserByIdentifier(db.query, username);
  if (namesake) return namesake.id !== userId;
  const held = await findHeldUsernames(db.query, [usernameKey(username)], userId, now);
  return held.length > 0;
}
