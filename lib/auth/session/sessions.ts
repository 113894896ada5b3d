/** How sessions start and go on. judge.ts decides; this file carries its verdicts out. */
import type { RevocationReason } from "#db/schema.ts";
import {
  advanceSession,
  findSession,
  insertSession,
  listLiveSessions,
  type SessionRow,
  type SessionWithUser,
  touchSession,
} from "#db/sessions.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { notifyOf } from "#lib/auth/notices.ts";
import { randomId } from "#lib/crypto/random.ts";
import { idleLimit, judge } from "./judge.ts";
import type { Delivery, RefreshToken } from "./refresh-token.ts";
import { revoke } from "./revocation.ts";

/** A new session beyond this number ends the one that was not used for the longest time. */
const maxSessionsPerUser = 50;

/** How often a token is judged when other requests keep advancing its session at the same time. */
const maxTries = 3;

export interface SessionOptions {
  /** Whether the session outlives the browser's window. */
  remember: boolean;
  delivery: Delivery;
}

interface NewSession extends SessionOptions {
  /** RFC 8176 values. */
  amr: readonly string[];
  /** The id in the browser's device cookie; empty for clients that are not browsers. */
  deviceId: string;
}

/**
 * Starts a session for a user who has just proved their identity. Only lib/auth/sign-in.ts calls
 * it; a test holds that.
 */
export async function startSession(
  context: AuthContext,
  userId: string,
  { remember, delivery, amr, deviceId }: NewSession,
): Promise<{ session: SessionRow; token: RefreshToken }> {
  const { db, config, now, caller } = context;
  await makeRoom(context, userId);
  const limits = { expires_at: now + config.sessionLifetime * 1000, remember: remember ? 1 : 0 };
  const token: RefreshToken = {
    session: randomId(),
    generation: 0,
    id: randomId(),
    parent: null,
    issued_at: now,
    expires_at: idleLimit(now, limits, config),
    ...(delivery === "body" && { delivery }),
  };
  const session: SessionRow = {
    id: token.session,
    user_id: userId,
    generation: token.generation,
    token_id: token.id,
    advanced_at: now,
    created_at: now,
    authenticated_at: now,
    last_used_at: now,
    idle_expires_at: token.expires_at,
    ...limits,
    amr: amr.join(" "),
    user_agent: caller.userAgent,
    ip: caller.ip,
    device_id: deviceId,
  };
  await insertSession(db.query, session);
  return { session, token };
}

export type Refreshed = {
  kind: "refreshed";
  session: SessionWithUser;
  /** The cookie to set; null when the browser keeps the one it presented. */
  next: RefreshToken | null;
};

export type Refused =
  | { kind: "expired" | "superseded" | "reused" }
  | { kind: "revoked"; reason: RevocationReason };

/** Judges a refresh token and, when it is good, lets its session go on. */
export async function refreshSession(
  context: AuthContext,
  token: RefreshToken,
): Promise<Refreshed | Refused> {
  const { db, now } = context;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const session = await findSession(db.query, token.session);
    if (session === undefined) return { kind: "expired" };
    const verdict = judgeNow(context, token, session);
    switch (verdict.kind) {
      case "current": {
        const { next, touch } = verdict;
        if (touch) await touchSession(db, session.id, touch.idleExpiresAt, now);
        return { kind: "refreshed", session, next };
      }
      case "successor":
      case "ahead": {
        const { advance } = verdict;
        if (!advance) return { kind: "refreshed", session, next: null };
        const swapped = await advanceSession(db, session, advance.swap, now);
        if (swapped) return { kind: "refreshed", session, next: advance.next };
        // Another request was faster, so the token is judged by what the database says now.
        break;
      }
      case "reused":
        await endCopiedSession(context, session);
        return { kind: "reused" };
      case "revoked":
        return { kind: "revoked", reason: session.revoked ?? "revoked" };
      case "expired":
      case "superseded":
        return { kind: verdict.kind };
    }
  }
  return { kind: "superseded" };
}

export type Ended = { kind: "ended"; why: "expired" | RevocationReason };

/** Judges the refresh token of a page request. Never writes. */
export async function readSession(
  context: Pick<AuthContext, "db" | "config" | "now">,
  token: RefreshToken,
): Promise<{ kind: "alive"; session: SessionWithUser } | Ended> {
  const session = await findSession(context.db.query, token.session);
  if (session === undefined) return { kind: "ended", why: "expired" };
  const { kind } = judgeNow(context, token, session);
  switch (kind) {
    case "current":
    case "successor":
    case "ahead":
    // A refresh has just overtaken this page request; an honest browser must not see a sign-in form.
    case "superseded":
      return { kind: "alive", session };
    case "expired":
      return { kind: "ended", why: "expired" };
    case "revoked":
      return { kind: "ended", why: session.revoked ?? "revoked" };
    case "reused":
      return { kind: "ended", why: "reuse" };
  }
}

function judgeNow(
  { config, now }: Pick<AuthContext, "config" | "now">,
  token: RefreshToken,
  session: SessionWithUser,
) {
  return judge(token, session, { now, policy: config, newId: randomId });
}

/** Two parties hold tokens of the session. Only the request that ends it tells the owner. */
async function endCopiedSession(context: AuthContext, session: SessionWithUser): Promise<void> {
  const { id, user_id, email, email_verified } = session;
  const ended = await revoke(context, user_id, [id], "reuse");
  if (ended > 0) await notifyOf(context, { id: user_id, email, email_verified }, "refresh_reused");
}

async function makeRoom(context: AuthContext, userId: string): Promise<void> {
  const live = await listLiveSessions(context.db.query, userId, context.now);
  const leastUsed = live.slice(maxSessionsPerUser - 1).map((session) => session.id);
  if (leastUsed.length > 0) await revoke(context, userId, leastUsed, "too_many_sessions");
}
