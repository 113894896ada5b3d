import { type UserRow, updateProfile } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";

export type ProfileChange =
  | { kind: "changed"; user: UserRow }
  | { kind: "username_taken" }
  | { kind: "user_gone" };

/** Changes the name or the username. */
export async function changeProfile(
  context: AuthContext,
  userId: string,
  change: { name?: string | undefined; username?: string | undefined },
): Promise<ProfileChange> {
  const changed = await updateProfile(context.db.query, userId, change);
  if (changed === "username_taken") return { kind: "username_taken" };
  if (changed === undefined) return { kind: "user_gone" };
  await audit(context, "profile_changed", { userId, detail: Object.keys(change).join(" ") });
  return { kind: "changed", user: changed };
}
