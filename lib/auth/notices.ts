/** Notices: emails that tell the owner of an account about it, so that no takeover goes unnoticed. */
import { isIP } from "node:net";
import type { UserRow } from "#db/users.ts";
import type { Email, RequestDetails } from "#lib/mail/email.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";
import type { AuthContext } from "./context.ts";
import { deviceName } from "./device-name.ts";
import { consume, RateLimitedError } from "./guard/rate-limits.ts";

type Owner = Pick<UserRow, "id" | "email" | "email_verified">;

/** When, with what and from where this request comes. */
export function requestDetails({ now, caller }: AuthContext): RequestDetails {
  // A proxy that is set up wrongly hands on what the caller wrote into X-Forwarded-For.
  const ip = isIP(caller.ip) ? caller.ip : "";
  const from = ip && caller.place ? `${ip} (${caller.place})` : ip;
  return { at: now, device: deviceName(caller.userAgent), from };
}

export async function notify(context: AuthContext, user: Owner, email: Email): Promise<void> {
  if (!(await mayNotify(context, user))) return;
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
async function mayNotify(context: AuthContext, user: Owner): Promise<boolean> {
  if (user.email_verified === 1) return true;
  try {
    await consume(context, { kind: "mail by address", of: `notice ${user.email.toLowerCase()}` });
    return true;
  } catch (error) {
    if (error instanceof RateLimitedError) return false;
    throw error;
  }
}
