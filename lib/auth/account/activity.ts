import { type AuditEventRow, newestOfEachType, pageOfAuditEvents } from "#db/audit-events.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { deviceName } from "#lib/auth/device-name.ts";
import type { ActivityView } from "#lib/contract/answers.ts";
import type { AuditType } from "#lib/contract/audit.ts";
import { isoTime } from "#lib/format.ts";

/** How many of the latest events an owner is shown … */
const activityLength = 100;
/** … and at least how many of each kind that shows a takeover. */
const reserved = 10;

/**
 * What an attacker who is signed in would want out of sight. Each has places of its own in the list,
 * so that no flood of other events pushes it out (red team 6).
 */
const telling: AuditType[] = [
  "signup",
  "login",
  "refresh_reused",
  "session_revoked",
  "password_changed",
  "email_change_requested",
  "email_changed",
  "email_change_undone",
  "email_verified",
  "data_exported",
  "deletion_scheduled",
  "deletion_cancelled",
  "user_created",
  "user_disabled",
  "user_enabled",
];

/** What happened to the account, the latest first. */
export async function listActivity(
  { db }: Pick<AuthContext, "db">,
  userId: string,
): Promise<ActivityView[]> {
  const { query } = db;
  const latest = await pageOfAuditEvents(query, userId, { size: activityLength });
  const all =
    latest.length < activityLength
      ? latest
      : [...latest, ...(await newestOfEachType(query, userId, telling, reserved))];
  const events = new Map(all.map((event) => [event.id, event]));
  return [...events.values()].sort((a, b) => b.at - a.at).map(viewActivity);
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
