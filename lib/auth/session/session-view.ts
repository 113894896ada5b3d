import Bowser from "bowser";
import type { SessionRow } from "#db/sessions.ts";
import { isoTime } from "#lib/auth/account/user.ts";
import type { SessionView } from "#lib/contract/schemas.ts";

/** A session as its owner sees it; `currentId` is the one that asks. */
export function viewSession(row: SessionRow, currentId: string): SessionView {
  return {
    id: row.id,
    current: row.id === currentId,
    created_at: isoTime(row.created_at),
    last_used_at: isoTime(row.last_used_at),
    expires_at: isoTime(Math.min(row.idle_expires_at, row.expires_at)),
    user_agent: row.user_agent,
    device: deviceName(row.user_agent),
    ip: row.ip,
  };
}

const browsers = new Set(Object.values(Bowser.BROWSER_MAP));

/**
 * What a person calls it: "Firefox on Windows". It goes into mails, and what Bowser does not know it
 * takes from the header as it is: nobody shall write to somebody else with it, a link least of all.
 */
export function deviceName(userAgent: string): string {
  if (!userAgent) return "Unknown device";
  const { browser, os } = Bowser.parse(userAgent);
  const name = browsers.has(browser.name ?? "") ? browser.name : undefined;
  if (name && os.name) return `${name} on ${os.name}`;
  // Programs name themselves first: "curl/8.5.0".
  const [, program] = /^([\w-]{1,32})\//.exec(userAgent) ?? [];
  return name || os.name || program || "Unknown device";
}
