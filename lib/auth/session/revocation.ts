/** How sessions end: each goes on the blacklist, and the audit log says why. */
import { revokeSessions } from "#db/blacklist.ts";
import type { RevocationReason } from "#db/schema.ts";
import { findSession } from "#db/sessions.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import type { AuditType } from "#lib/contract/audit.ts";
import type { RefreshToken } from "./refresh-token.ts";

const auditTypes: Record<RevocationReason, AuditType> = {
  logout: "logout",
  revoked: "session_revoked",
  reuse: "refresh_reused",
  replaced: "session_revoked",
  too_many_sessions: "session_revoked",
  password_changed: "session_revoked",
  email_changed: "session_revoked",
  user_disabled: "session_revoked",
  user_deleted: "session_revoked",
};

/** Ends sessions of one user, durably. Returns how many could still be used. */
export async function revoke(
  context: AuthContext,
  userId: string,
  which: "all" | string[] | { allBut: string },
  reason: RevocationReason,
): Promise<number> {
  const revoked = await revokeSessions(context.db, userId, which, reason, context.now);
  if (revoked > 0) {
    const sessionId = Array.isArray(which) && which.length === 1 ? which[0] : undefined;
    await audit(context, auditTypes[reason], { userId, sessionId, detail: `${reason} ${revoked}` });
  }
  return revoked;
}

/** Ends the session of a token that its own browser gives up, whatever the token's generation. */
export async function revokeByToken(
  context: AuthContext,
  token: RefreshToken,
  reason: RevocationReason,
): Promise<void> {
  const session = await findSession(context.db.query, token.session);
  if (session) await revoke(context, session.user_id, [session.id], reason);
}
