import { type UserRow, updateProfile } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";

/** Changes name or username; answers undefined when the user is gone. */
export async function changeProfile(
  context: AuthContext,
  userId: string,
  change: { name?: string | undefined; username?: string | undefined },
): Promise<UserRow | "username_taken" | undefined> {
  const changed = await updateProfile(context.db.query, userId, change);
  if (changed && changed !== "username_taken") {
    await audit(context, "profile_changed", { userId, detail: Object.keys(change).join(" ") });
  }
  return changed;
}
