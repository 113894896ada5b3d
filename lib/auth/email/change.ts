/** Changing the address: confirmed from the new one, and for a while undone from the old one. */
import { deleteLaterUndos, deleteMailTokensOf, isAddressReserved } from "#db/mail-tokens.ts";
import type { MailTokenPurpose } from "#db/schema.ts";
import {
  findUserByEmail,
  replaceEmail,
  setPasswordOf,
  type UserRow,
  unusablePassword,
} from "#db/users.ts";
import { audit } from "#lib/auth/audit.ts";
import { type AuthContext, transaction } from "#lib/auth/context.ts";
import { consume } from "#lib/auth/guard/rate-limits.ts";
import { requestDetails } from "#lib/auth/notices.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { findRedeemable, issueMailToken, useUp } from "./mail-tokens.ts";
import { consumeEmail } from "./requests.ts";

/** Void as soon as the account has another address. */
const boundToAddress: MailTokenPurpose[] = [
  "change_email",
  "verify_email",
  "reset_password",
  "sign_in",
];

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
      email: { kind: "change_email", link, username: user.username },
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

/**
 * Whether the user may have the address. The order matters: an owner who changes away from it has
 * it reserved by the time it is free.
 */
async function isFree({ db, now }: AuthContext, user: UserRow, email: string): Promise<boolean> {
  const owner = await findUserByEmail(db.query, email);
  if (owner && owner.id !== user.id) return false;
  return !(await isAddressReserved(db.query, email.toLowerCase(), user.id, now));
}

/** An address that was never verified has no owner who could undo the change. */
async function tellOldAddress(tx: AuthContext, user: UserRow, email: string): Promise<void> {
  if (user.email_verified !== 1) return;
  const { token } = await issueMailToken(tx, "undo_email_change", user, user.email_key);
  const undoLink = pageLink(tx.config, "/undo-email", { token });
  await enqueueEmail(tx, {
    user,
    to: user.email,
    email: { kind: "email_changed", undoLink, email, ...requestDetails(tx) },
  });
}

/**
 * Gives the account back to the old address, ends every session, and leads on to a new password:
 * the one who changed the address knows the present one, so it is void. So are the undo links of later
 * addresses, with which an attacker who moved on from one to another would take the account back.
 */
export async function undoEmailChange(
  context: AuthContext,
  token: string,
): Promise<{ user: UserRow; resetToken: string } | undefined> {
  const found = await findRedeemable(context, "undo_email_change", token);
  if (!found) return undefined;
  return transaction(context, async (tx) => {
    const { query } = tx.db;
    const used = await useUp(tx, found);
    if (!used) return undefined;
    const { user, row } = used;
    if (!(await isFree(tx, user, row.email))) return undefined;
    await replaceEmail(query, user.id, row.email);
    await setPasswordOf(query, user.id, unusablePassword);
    const restored = {
      ...user,
      email: row.email,
      email_key: row.email.toLowerCase(),
      password_hash: unusablePassword,
    };
    await deleteMailTokensOf(query, user.id, boundToAddress);
    await deleteLaterUndos(query, row);
    await audit(tx, "email_change_undone", { userId: user.id });
    await revoke(tx, user.id, "all", "email_changed");
    const reset = await issueMailToken(tx, "reset_password", restored, row.email);
    return { user: restored, resetToken: reset.token };
  });
}
