import type { SessionRow } from "#db/sessions.ts";
import { deviceName } from "#lib/auth/device-name.ts";
import type { SessionView } from "#lib/contract/answers.ts";
import { isoTime } from "#lib/format.ts";

/** A session as its owner sees it. `currentId` is the session that asks. */
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
