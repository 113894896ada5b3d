/** Notices: emails that tell the owner of an account about it, so that no takeover goes unnoticed. */
import { isIP } from "node:net";
import type { UserRow } from "#db/users.ts";
import type { Email, RequestDetails } from "#lib/mail/email.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail, enqueueInDigest } from "#lib/mail/outbox.ts";
import type { AuthContext } from "./context.ts";
import { deviceName } from "./device-name.ts";
import { tryConsume } from "./guard/rate-limits.ts";

type Owner = Pick<UserRow, "id" | "email" | "email_verified">;

/** When, with what and from where this request comes. */
export function requestDetails({ now, caller }: AuthContext): RequestDetails {
  // A proxy that is set up wrongly hands on what the caller wrote into X-Forwarded-For.
  const ip = isIP(caller.ip) ? caller.ip : "";
  const from = ip && caller.place ? `${ip} (${caller.place})` : ip;
  return { at: now, device: deviceName(caller.userAgent), from };
}

/**
 * Tells the owner. After ten notices in an hour the others are counted, and one email says how many
 * they were; but the first of each kind is always sent, so that an attacker cannot drown the news of
 * a new password in news of sign-ins (red team 12).
 */
export async function notify(context: AuthContext, user: Owner, email: Email): Promise<void> {
  if (user.email_verified !== 1) {
    if (await mayWriteToStranger(context, user)) await send(context, user, email);
    return;
  }
  const ofKind = await tryConsume(context, {
    kind: "notices by kind",
    of: `${email.kind} ${user.id}`,
  });
  const isFirst = ofKind.kind === "consumed" && ofKind.attempts <= 1;
  const taken = await tryConsume(context, { kind: "notices by account", of: user.id });
  if (isFirst || taken.kind === "consumed") {
    await send(context, user, email);
    return;
  }
  const link = pageLink(context.config, "/me/activity");
  await enqueueInDigest(context, { user, to: user.email, link, at: taken.until });
}

async function send(context: AuthContext, user: Owner, email: Email): Promise<void> {
  await enqueueEmail(context, { user, to: user.email, email });
}

/** The page that helps. */
const pages = {
  new_sign_in: "/sessions",
  password_changed: "/forgot-password",
  refresh_reused: "/sessions",
  username_changed: "/sessions",
} satisfies Partial<Record<Email["kind"], string>>;

/** Tells the owner what happened, and links to the page that helps if it was not them. */
export async function notifyOf(
  context: AuthContext,
  user: Owner,
  kind: keyof typeof pages,
): Promise<void> {
  const path = pages[kind];
  const link = pageLink(context.config, path);
  await notify(context, user, { kind, link, ...requestDetails(context) });
}

/** An unverified address may be a stranger's, who must not be flooded. */
async function mayWriteToStranger(context: AuthContext, { email }: Owner): Promise<boolean> {
  const of = `notice ${email.toLowerCase()}`;
  return (await tryConsume(context, { kind: "mail by address", of })).kind === "consumed";
}
