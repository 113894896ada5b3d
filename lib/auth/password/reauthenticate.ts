import type { SessionRow } from "#db/sessions.ts";
import type { UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import type { Delivery } from "#lib/auth/session/refresh-token.ts";
import { renewSession, type SignIn, type Visitor } from "#lib/auth/sign-in.ts";
import { checkPassword, lockProved } from "./check.ts";

/**
 * Lets a signed-in user prove their identity again ("step-up"). The browser goes on in a new session,
 * whose `auth_time` is now (ASVS 7.2.4).
 * @throws {RateLimitedError}
 */
export async function reauthenticate(
  context: AuthContext,
  visitor: Visitor,
  owner: { session: Pick<SessionRow, "id" | "remember">; user: UserRow },
  { password, delivery }: { password: string; delivery: Delivery },
): Promise<SignIn | { kind: "wrong_password" }> {
  const { user } = owner;
  if (!(await checkPassword(context, user, password))) return { kind: "wrong_password" };
  return transaction(context, async (tx) => {
    if (!(await lockProved(tx, user))) return { kind: "wrong_password" };
    await audit(tx, "reauthenticated", { userId: user.id });
    return renewSession(tx, visitor, owner, { amr: ["pwd"], delivery });
  });
}
