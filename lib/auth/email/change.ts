/** Changing the address, once the new one has confirmed it. undo.ts lets the old one undo it. */
import { deleteMailTokensOf } from "#db/mail-tokens.ts";
import { findUserByEmail, replaceEmail, type UserRow } from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { consume } from "#lib/auth/guard/rate-limits.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { findRedeemable, issueMailToken, useUp } from "./mail-tokens.ts";
import { consumeEmail } from "./requests.ts";
import { boundToAddress, isFree, tellOldAddress } from "./undo.ts";

/**
 * Writes to the new address. If another account has it, that account's owner is told, and the
 * caller is not: an account must not become a place to look addresses up in.
 * @throws {RateLimitedError}
 */
export async function requestEmailChange(
  context: AuthContext,
  user: UserRow,
  email: string,
): Promise<void> {
  await consume(context, { kind: "address changes by account", of: user.id });
  await consumeEmail(context, "change_email", email);
  const owner = await findUserByEmail(context.db.query, email);
  await transaction(context, async (tx) => {
    await audit(tx, "email_change_requested", { userId: user.id });
    if (owner && owner.id !== user.id) {
      // As much is written as for a free address, so that the time tells nothing.
      await issueMailToken(tx, "change_email", undefined, email);
      const link = pageLink(tx.config, "/forgot-password");
      await enqueueEmail(tx, {
        user: owner,
        to: owner.email,
        email: { kind: "address_in_use", link },
      });
      return;
    }
    const { token } = await issueMailToken(tx, "change_email", user, email);
    const link = pageLink(tx.config, "/confirm-email", { token });
    await enqueueEmail(tx, {
      user,
      to: email,
      email: { kind: "change_email", link },
      lifetime: mailTokenLifetimes.change_email,
    });
  });
}

/** Makes the new address the account's. Returns undefined when the link is no longer valid. */
export async function confirmEmailChange(
  context: AuthContext,
  token: string,
): Promise<UserRow | undefined> {
  const found = await findRedeemable(context, "change_email", token);
  if (!found) return undefined;
  return transaction(context, async (tx) => {
    const used = await useUp(tx, found);
    if (!used) return undefined;
    const { user, row } = used;
    if (!(await isFree(tx, user, row.email))) return undefined;
    await replaceEmail(tx.db.query, user.id, row.email);
    await deleteMailTokensOf(tx.db.query, user.id, boundToAddress);
    await audit(tx, "email_changed", { userId: user.id });
    await tellOldAddress(tx, user, row.email);
    return { ...user, email: row.email, email_verified: 1 };
  }).catch(async (error: unknown) => {
    // Another account took the address between the check and the write.
    if (await isFree(context, found.user, found.row.email)) throw error;
    return undefined;
  });
}
