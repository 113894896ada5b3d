/** How sessions end: each goes on the blacklist, and the audit log says why. */
import { revokeSessions, type Which } from "#db/blacklist.ts";
import { revokeDevices } from "#db/revoked-devices.ts";
import type { RevocationReason } from "#db/schema.ts";
import { findSession } from "#db/sessions.ts";
import { audit } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { deviceCookieLifetime } from "#lib/auth/guard/device-cookie.ts";
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

/**
 * Why a browser is not to be trusted any more: its next sign-in is one from a new browser. A browser
 * whose session ends for another reason is still its owner's, or its device cookie is void with the
 * old password.
 */
const distrust: ReadonlySet<RevocationReason> = new Set([
  "revoked",
  "reuse",
  "email_changed",
  "user_disabled",
]);

/** Ends sessions of one user, durably. Returns how many could still be used. */
export async function revoke(
  context: AuthContext,
  userId: string,
  which: Which,
  reason: RevocationReason,
): Promise<number> {
  // First: if this fails, the owner sees the session still there and tries again.
  if (distrust.has(reason)) {
    const expiresAt = context.now + deviceCookieLifetime * 1000;
    await revokeDevices(context.db.query, userId, which, expiresAt);
  }
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
