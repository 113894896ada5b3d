import { findUserById, type UserRow, updateProfile } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { consume } from "#lib/auth/guard/rate-limits.ts";

export type ProfileChange =
  | { kind: "changed"; user: UserRow }
  | { kind: "username_taken" }
  | { kind: "user_gone" };

/**
 * Changes the name or the username. What is there already is no change, and no event.
 * @throws {RateLimitedError}
 */
export async function changeProfile(
  context: AuthContext,
  userId: string,
  change: { name?: string | undefined; username?: string | undefined },
): Promise<ProfileChange> {
  await consume(context, { kind: "profile by account", of: userId });
  // The response says whether a username is taken, as that of a sign-up does, and is limited alike.
  if (change.username !== undefined) {
    await consume(context, { kind: "usernames by network", of: context.caller.network });
  }
  const user = await findUserById(context.db.query, userId);
  if (!user) return { kind: "user_gone" };
  const fields = (["name", "username"] as const).filter(
    (field) => change[field] !== undefined && change[field] !== user[field],
  );
  if (fields.length === 0) return { kind: "changed", user };
  const changed = await updateProfile(context.db.query, userId, change);
  if (changed === "username_taken") return { kind: "username_taken" };
  if (changed === undefined) return { kind: "user_gone" };
  await audit(context, "profile_changed", { userId, detail: fields.join(" ") });
  return { kind: "changed", user: changed };
}
