/** What an emailed link stands for, for the page that it opens. Reading does not consume the link. */
import "server-only";
import type { MailTokenPurpose } from "#db/schema.ts";
import { findRedeemable } from "#lib/auth/email/mail-tokens.ts";
import { isRandomId } from "#lib/crypto/random.ts";
import { services } from "#lib/services.ts";

export type MailedLink =
  | { kind: "live"; token: string; username: string; email: string }
  | { kind: "dead" }
  /** The API is on another origin, and only it can tell. */
  | { kind: "unknown"; token: string };

/** `token` is the page's query parameter. Returns undefined without one. */
export async function readMailedLink(
  purpose: MailTokenPurpose,
  token: unknown,
): Promise<MailedLink | undefined> {
  if (token === undefined) return undefined;
  if (typeof token !== "string" || !isRandomId(token)) return { kind: "dead" };
  const { config, db } = services();
  if (!config.sessionsHere) return { kind: "unknown", token };
  const found = await findRedeemable({ db, now: Date.now() }, purpose, token);
  if (!found) return { kind: "dead" };
  return { kind: "live", token, username: found.user.username, email: found.row.email };
}
