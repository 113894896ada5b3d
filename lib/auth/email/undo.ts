/**
 * Undoing a change of address: the old address hears of it, and for a while it can take the account
 * back.
 */
import {
  deleteLaterUndos,
  deleteMailTokensOf,
  findUndo,
  isAddressReserved,
} from "#db/mail-tokens.ts";
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
import { keepAccount } from "#lib/auth/keep-account.ts";
import { requestDetails } from "#lib/auth/notices.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { restoreUsername } from "#lib/auth/usernames.ts";
import { mailTokenLifetimes, undoUnverifiedAfter } from "#lib/contract/lifetimes.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import { findRedeemable, issueMailToken, useUp } from "./mail-tokens.ts";
import { ignoreLimit } from "./requests.ts";

/** Void as soon as the account has another address. */
export const boundToAddress: MailTokenPurpose[] = [
  "change_email",
  "verify_email",
  "reset_password",
  "sign_in",
];

/**
 * Whether the user may have the address. The order matters: an owner who changes away from it has
 * it reserved by the time it is free.
 */
export async function isFree(
  { db, now }: AuthContext,
  user: UserRow,
  email: string,
): Promise<boolean> {
  const owner = await findUserByEmail(db.query, email);
  if (owner && owner.id !== user.id) return false;
  return !(await isAddressReserved(db.query, email.toLowerCase(), user.id, now));
}

/**
 * The old address always hears of the change (red team 4), and can undo it unless that would hand the
 * account to a stranger. What it is told of an account that it never confirmed leaves out the new
 * address, which a stranger may have chosen.
 */
export async function tellOldAddress(tx: AuthContext, user: UserRow, email: string): Promise<void> {
  const isVerified = user.email_verified === 1;
  const undoLink = await createUndoLink(tx, user, email);
  if (!isVerified && !(await mayWriteTo(tx, user.email))) return;
  await enqueueEmail(tx, {
    user,
    to: user.email,
    email: {
      kind: "email_changed",
      undoLink,
      email: isVerified ? email : null,
      ...requestDetails(tx),
    },
  });
}

/**
 * Returns the link with which the old address can undo the change to `email`, or null.
 *
 * A verified address is the owner's, however new the account. One that was never verified may be a
 * typing error, corrected with this very change: then the mailbox is a stranger's. People notice soon
 * that our emails do not come; after some days in use the address is taken for the owner's, who could
 * have reset the password from it all the time. That is every imported account.
 *
 * And an address that the account only had for a while, before it goes back to one that could undo
 * that, loses its say: or a thief would keep it after the owner came back without the undo link.
 */
async function createUndoLink(
  tx: AuthContext,
  user: UserRow,
  email: string,
): Promise<string | null> {
  const { now } = tx;
  const { query } = tx.db;
  const undo = await findUndo(query, user.id, email.toLowerCase(), now);
  if (undo) {
    await deleteLaterUndos(query, { ...undo, expires_at: undo.expires_at + 1 });
    return null;
  }
  const isOld = now - user.joined_at >= undoUnverifiedAfter;
  if (user.email_verified !== 1 && !isOld) return null;
  const { token } = await issueMailToken(tx, "undo_email_change", user, user.email_key);
  return pageLink(tx.config, "/undo-email", { token });
}

/**
 * Counted apart from other notices, with which a thief could use the count up first: while the
 * account has the address, nobody else can have us write such an email to it.
 */
async function mayWriteTo(tx: AuthContext, email: string): Promise<boolean> {
  const of = `undo_email_change ${email.toLowerCase()}`;
  try {
    await consume(tx, { kind: "mail by address", of });
    return true;
  } catch (error) {
    ignoreLimit(error);
    return false;
  }
}

/**
 * Gives the account back to the old address, ends every session, and leads on to a new password:
 * the one who changed the address knows the present one, so it is void. So is all that they may have
 * set up since: emailed links, the undo links of later addresses, with which an attacker who moved on
 * from one to another would take the account back, another username, and a deletion, whose notice
 * went to them (red team 22). The address that loses the account is told (red team 13).
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
    const changedAt = row.expires_at - mailTokenLifetimes.undo_email_change;
    const restored = {
      ...(await restoreUsername(tx, user, changedAt)),
      email: row.email,
      email_key: row.email.toLowerCase(),
      email_verified: 1,
      password_hash: unusablePassword,
    };
    await deleteMailTokensOf(query, user.id, boundToAddress);
    await deleteLaterUndos(query, row);
    await audit(tx, "email_change_undone", { userId: user.id });
    await revoke(tx, user.id, "all", "email_changed");
    await keepAccount(tx, restored);
    await tellLosingAddress(tx, user);
    const reset = await issueMailToken(tx, "reset_password", restored, row.email);
    return { user: restored, resetToken: reset.token };
  });
}

async function tellLosingAddress(tx: AuthContext, user: UserRow): Promise<void> {
  const link = pageLink(tx.config, "/login");
  await enqueueEmail(tx, {
    user,
    to: user.email,
    email: { kind: "email_change_undone", link, ...requestDetails(tx) },
  });
}
