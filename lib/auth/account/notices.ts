/** News of an account for its owner, so that nobody takes it over unnoticed. */
import type { UserRow } from "#db/users.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { consume, RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import { deviceName } from "#lib/auth/session/session-view.ts";
import type { Email, RequestDetails } from "#lib/mail/email.ts";
import { pageLink } from "#lib/mail/links.ts";
import { enqueueEmail } from "#lib/mail/outbox.ts";

type Owner = Pick<UserRow, "id" | "email" | "email_verified">;

/** When, with what and from where the present request comes. */
export function requestDetails({ now, caller }: AuthContext): RequestDetails {
  const from = caller.place ? `${caller.ip} (${caller.place})` : caller.ip;
  return { at: now, device: deviceName(caller.userAgent), from };
}

export async function notify(context: AuthContext, user: Owner, email: Email): Promise<void> {
  if (!(await mayBeTold(context, user))) return;
  await enqueueEmail(context, { user, to: user.email, email });
}

/** Something that happened, and the page to look at if it was somebody else. */
export async function notifyOf(
  context: AuthContext,
  user: Owner,
  kind: "new_sign_in" | "password_changed" | "refresh_reused",
): Promise<void> {
  const path = kind === "password_changed" ? "/forgot-password" : "/sessions";
  const link = pageLink(context.config, path);
  await notify(context, user, { kind, link, ...requestDetails(context) });
}

/** An address that nobody has confirmed may be a stranger's, who must not be flooded. */
async function mayBeTold(context: AuthContext, user: Owner): Promise<boolean> {
  if (user.email_verified === 1) return true;
  try {
    await consume(context, { kind: "mail by address", of: `notice ${user.email.toLowerCase()}` });
    return true;
  } catch (error) {
    if (error instanceof RateLimitedError) return false;
    throw error;
  }
}
