import type { AuditEventRow } from "#db/audit-events.ts";
import { deviceName } from "#lib/auth/session/session-view.ts";
import type { AuditType } from "#lib/contract/audit.ts";
import type { ActivityView } from "#lib/contract/schemas.ts";
import { isoTime } from "./user.ts";

/** How many events an owner is shown: the latest. */
export const activityLength = 100;

/** An event of the audit log as its owner sees it. */
export function viewActivity(row: AuditEventRow): ActivityView {
  return {
    at: isoTime(row.at),
    // Nothing else is ever written there.
    type: row.type as AuditType,
    device: deviceName(row.user_agent),
    ip: row.ip,
    place: row.place,
  };
}
