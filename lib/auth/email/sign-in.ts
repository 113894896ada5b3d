/** Signing in with an emailed link or code. */
import { unusablePassword } from "#db/users.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import type { SessionOptions } from "#lib/auth/session/sessions.ts";
import { type SignIn, signIn, type Visitor } from "#lib/auth/sign-in.ts";
import type { Presented } from "#lib/contract/schemas.ts";
import { claim, isHolder, type Presence } from "./claim.ts";
import { findPresented, useUp } from "./mail-tokens.ts";

/**
 * Signs in with what an email carried. The session starts in the transaction that uses the link or
 * code up, so both happen or neither does. Where the address was not verified before, the account is
 * claimed: pressed in a stranger's browser, the link leaves it without a password.
 * @throws {RateLimitedError}
 */
export async function signInWithEmail(
  context: AuthContext,
  { visitor, presence }: { visitor: Visitor; presence: Presence },
  presented: Presented,
  options: SessionOptions,
): Promise<SignIn | { kind: "link_invalid" }> {
  const found = await findPresented(context, "sign_in", presented, visitor.requestId);
  if (!found) return { kind: "link_invalid" };
  return transaction(context, async (tx) => {
    const used = await useUp(tx, found);
    if (!used) return { kind: "link_invalid" };
    const known = used.user.email_verified === 1 || isHolder(presence, used.user);
    const user = await claim(
      tx,
      used.user,
      known ? { kind: "holder" } : { kind: "mailbox_owner", passwordHash: unusablePassword },
    );
    // RFC 8176 calls it a one-time password, which is what a link amounts to.
    const proof = { user, amr: ["otp"], occasion: { kind: "sign_in" } } as const;
    return signIn(tx, visitor, proof, options);
  });
}
