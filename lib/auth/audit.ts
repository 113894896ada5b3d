/** What happened to accounts and sessions, for their owners and for whoever answers for them. */
import { type AuditEventRow, insertAuditEvents } from "#db/audit-events.ts";
import { randomId } from "#lib/crypto/random.ts";
import type { AuthContext } from "./context.ts";

export type AuditType =
  | "signup"
  | "login"
  | "login_failed"
  | "logout"
  | "session_revoked"
  | "refresh_reused"
  | "rate_limited"
  | "profile_changed"
  | "password_changed"
  | "password_reset_requested"
  | "reauthenticated"
  | "reauthentication_failed"
  | "email_sign_in_requested"
  | "verification_requested"
  | "email_verified"
  | "code_refused"
  | "email_change_requested"
  | "email_changed"
  | "email_change_undone"
  | "signup_refused"
  | "data_exported"
  | "deletion_scheduled"
  | "deletion_cancelled"
  | "user_created"
  | "user_disabled"
  | "user_enabled";

interface AuditSubject {
  userId?: string | undefined;
  sessionId?: string | undefined;
  /** A word more; never anything that a person typed. */
  detail?: string;
}

/** Enough of a session id to tell sessions apart, too little to be of use (ASVS 16.2.5). */
export function shortSession(sessionId: string): string {
  return sessionId.slice(0, 8);
}

export async function audit(
  context: AuthContext,
  type: AuditType,
  subject: AuditSubject,
): Promise<void> {
  await insertAuditEvents(context.db, [auditEvent(context, type, subject)]);
}

/** The row of an event, for those that are written many at once. */
export function auditEvent(
  { now, caller }: AuthContext,
  type: AuditType,
  { userId, sessionId, detail = "" }: AuditSubject,
): AuditEventRow {
  return {
    id: randomId(),
    at: now,
    type,
    user_id: userId ?? null,
    session: sessionId ? shortSession(sessionId) : null,
    ip: caller.ip,
    user_agent: caller.userAgent,
    detail,
    place: caller.place,
  };
}
