import { type AuditEventRow, listAuditEvents } from "#db/audit-events.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { deviceName } from "#lib/auth/device-name.ts";
import type { ActivityView } from "#lib/contract/answers.ts";
import type { AuditType } from "#lib/contract/audit.ts";
import { isoTime } from "#lib/format.ts";

/** How many of the latest events an owner is shown. */
const activityLength = 100;

/** What happened to the account, the latest first. */
export async function listActivity(
  { db }: Pick<AuthContext, "db">,
  userId: string,
): Promise<ActivityView[]> {
  const events = await listAuditEvents(db.query, { userId, limit: activityLength });
  return events.map(viewActivity);
}

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
