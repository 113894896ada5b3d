/** Changing the address: confirmed from the new one, and for seven days undone from the old one. */
import { deleteLaterUndos, deleteMailTokensOf, isAddressReserved } from "#db/mail-tokens.ts";
import type { MailTokenPurpose } from "#db/schema.ts";
import { findUserByEmail, replaceEmail, replacePassword, type UserRow } from "#db/users.ts";
import { requestDetails } from "#lib/auth/account/notices.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { unusablePassword } from "#lib/auth/password/change.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { mailTokenLifetimes } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { findRedeemable, issueMailToken, useUp } from "./mail-tokens.ts";
import { consumeMail } from "./requests.ts";

/** Void as soon as the account has another address. */
const boundToAddress: MailTokenPurpose[] = [
  "change_email",
  "verify_email",
  "reset_password",
  "sign_in",
];

/**
 * Writes to the new address. If somebody has it, its owner is told, and whoever asks is not: an
 * account must not be a place to look addresses up in. @throws {RateLimitedError}
 */
export async function requestEmailChange(
  context: AuthContext,
  user: UserRow,
  email: string,
): Promise<void> {
  await consumeMail(context, "change_email", email);
  const { config } = context;
  const owner = await findUserByEmail(context.db.query, email);
  await context.db.atomically(async (db) => {
    const within = { ...context, db };
    await audit(within, "email_change_requested", { userId: user.id });
    if (owner && owner.id !== user.id) {
      // As much is written as for an address that is free, so that the time tells nothing.
      await issueMailToken(within, "change_email", undefined, email);
      const link = pageLink(config, "/forgot-password");
      await enqueueEmail(within, {
        user: owner,
        to: owner.email,
        email: { kind: "address_in_use", link },
      });
      return;
    }
    const { token } = await issueMailToken(within, "change_email", user, email);
    const link = pageLink(config, "/confirm-email", { token });
    await enqueueEmail(within, {
      user,
      to: email,
      email: { kind: "change_email", link, username: user.username },
      lifetime: mailTokenLifetimes.change_email,
    });
  });
}

/** Makes the new address the account's. Undefined when the link is worth nothing (any more). */
export async function confirmEmailChange(
  context: AuthContext,
  token: string,
): Promise<UserRow | undefined> {
  const found = await findRedeemable(context, "change_email", token);
  if (!found) return undefined;
  return context.db
    .atomically(async (db) => {
      const within = { ...context, db };
      const used = await useUp(within, found);
      if (!used) return undefined;
      const { user, row } = used;
      if (!(await isFree(within, user, row.email))) return undefined;
      await replaceEmail(db.query, user.id, row.email);
      await deleteMailTokensOf(db.query, user.id, boundToAddress);
      await audit(within, "email_changed", { userId: user.id });
      await tellOldAddress(within, user, row.email);
      return { ...user, email: row.email, email_verified: 1 };
    })
    .catch(async (error: unknown) => {
      // Somebody else took it between the question and the deed.
      if (await isFree(context, found.user, found.row.email)) throw error;
      return undefined;
    });
}

/**
 * Whether the user may have the address. In this order: whoever does not have it any more has it
 * reserved by then.
 */
async function isFree({ db, now }: AuthContext, user: UserRow, email: string): Promise<boolean> {
  const owner = await findUserByEmail(db.query, email);
  if (owner && owner.id !== user.id) return false;
  return !(await isAddressReserved(db.query, email.toLowerCase(), user.id, now));
}

/** An address that was never confirmed is nobody's to undo from. */
async function tellOldAddress(context: AuthContext, user: UserRow, email: string): Promise<void> {
  if (user.email_verified !== 1) return;
  const { token } = await issueMailToken(context, "undo_email_change", user, user.email_key);
  const undoLink = pageLink(context.config, "/undo-email", { token });
  await enqueueEmail(context, {
    user,
    to: user.email,
    email: { kind: "email_changed", undoLink, email, ...requestDetails(context) },
  });
}

/**
 * Gives the account back to the old address, ends every session, and leads on to a new password:
 * whoever changed the address has the present one, which is void. So are the undo links of later
 * addresses: a thief who went on from one to another would take the account back with them.
 */
export async function undoEmailChange(
  context: AuthContext,
  token: string,
): Promise<{ user: UserRow; resetToken: string } | undefined> {
  const found = await findRedeemable(context, "undo_email_change", token);
  if (!found) return undefined;
  return context.db.atomically(async (db) => {
    const within = { ...context, db };
    const used = await useUp(within, found);
    if (!used) return undefined;
    const { user, row } = used;
    if (!(await isFree(within, user, row.email))) return undefined;
    await replaceEmail(db.query, user.id, row.email);
    await replacePassword(db.query, user, unusablePassword);
    const restored = {
      ...user,
      email: row.email,
      email_key: row.email.toLowerCase(),
      password_hash: unusablePassword,
    };
    await deleteMailTokensOf(db.query, user.id, boundToAddress);
    await deleteLaterUndos(db.query, row);
    await audit(within, "email_change_undone", { userId: user.id });
    await revoke(within, user.id, "all", "email_changed");
    const { token: resetToken } = await issueMailToken(
      within,
      "reset_password",
      restored,
      row.email,
    );
    return { user: restored, resetToken };
  });
}
