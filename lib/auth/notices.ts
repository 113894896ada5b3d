/** Notices: emails that tell the owner of an account about it, so that no takeover goes unnoticed. */
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
  const from = caller.place ? `${caller.ip} (${caller.place})` : caller.ip;
  return { at: now, device: deviceName(caller.userAgent), from };
}

export async function notify(context: AuthContext, user: Owner, email: Email): Promise<void> {
  if (!(await mayNotify(context, user))) return;
  await enqueueEmail(context, { user, to: user.email, email });
}

/** Tells the owner what happened, and links to the page that helps if it was not them. */
export async function notifyOf(
  context: AuthContext,
  user: Owner,
  kind: "new_sign_in" | "password_changed" | "refresh_reused",
): Promise<void> {
  const path = kind === "password_changed" ? "/forgot-password" : "/sessions";
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
