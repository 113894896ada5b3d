/** The audit log: what happened to accounts and sessions, for their owners and for operators. */
import { type AuditEventRow, insertAuditEvents } from "#db/audit-events.ts";
import type { AuditType } from "#lib/contract/audit.ts";
import { randomId } from "#lib/crypto/random.ts";
import type { AuthContext } from "./context.ts";

interface AuditSubject {
  userId?: string | undefined;
  sessionId?: string | undefined;
  /** More about the event; never anything that a person typed. */
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

/** The row of an event, for callers that insert many at once. */
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
