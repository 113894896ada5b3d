/** Sessions: how they start and go on. judge.ts decides; here the verdict is carried out. */
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
import { notifyOf } from "#lib/auth/account/notices.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { randomId } from "#lib/crypto/random.ts";
import { judge, type SessionState } from "./judge.ts";
import type { Delivery, RefreshToken } from "./refresh-token.ts";
import { revoke } from "./revocation.ts";

/** The longest unused make room for the newest. */
const maxSessionsPerUser = 50;

/** `last_used_at` moves at most this often, in milliseconds: a busy session costs no writes. */
const touchEvery = 60_000;

/** How often to judge again when another request advances the session at the same time. */
const maxTries = 3;

/** Starts a session for a user who has just proved who they are. */
export async function startSession(
  context: AuthContext,
  userId: string,
  { remember, amr, delivery = "cookie" }: { remember: boolean; amr: string[]; delivery?: Delivery },
): Promise<{ session: SessionRow; token: RefreshToken }> {
  const { db, config, now, caller } = context;
  await makeRoom(context, userId);
  const expiresAt = now + config.sessionLifetime * 1000;
  const token: RefreshToken = {
    session: randomId(),
    generation: 0,
    id: randomId(),
    parent: null,
    issued_at: now,
    expires_at: idleLimit(context, expiresAt),
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
    expires_at: expiresAt,
    remember: remember ? 1 : 0,
    amr: amr.join(" "),
    user_agent: caller.userAgent,
    ip: caller.ip,
  };
  await insertSession(db.query, session);
  return { session, token };
}

export type Refreshed = {
  kind: "refreshed";
  session: SessionWithUser;
  /** The cookie to set; undefined when the presented one is to be kept. */
  next: RefreshToken | undefined;
};

export type Refused =
  | { kind: "expired" | "superseded" | "reused" }
  | { kind: "revoked"; reason: RevocationReason };

/** Judges a refresh token and, when it is good, lets its session go on. */
export async function refreshSession(
  context: AuthContext,
  token: RefreshToken,
): Promise<Refreshed | Refused> {
  const { db, config, now } = context;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const session = await findSession(db.query, token.session);
    const verdict = judge(token, session && stateOf(session), now, config);
    if (session === undefined) return { kind: "expired" };
    switch (verdict.kind) {
      case "current":
        await touch(context, session);
        return { kind: "refreshed", session, next: successorOf(context, session, token) };
      case "successor":
      case "ahead": {
        if (!verdict.advances) return { kind: "refreshed", session, next: undefined };
        const next = successorOf(context, session, token);
        const swapped = await advanceSession(
          db,
          session,
          { generation: token.generation, tokenId: token.id, idleExpiresAt: next.expires_at },
          now,
        );
        if (swapped) return { kind: "refreshed", session, next };
        // Another request was faster: what is true now is in the database.
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

/** Finds the session of a token for showing a page: judges, and never writes. */
export async function readSession(
  { db, config, now }: Pick<AuthContext, "db" | "config" | "now">,
  token: RefreshToken,
): Promise<{ kind: "alive"; session: SessionWithUser } | Ended> {
  const session = await findSession(db.query, token.session);
  const verdict = judge(token, session && stateOf(session), now, config);
  if (session === undefined) return { kind: "ended", why: "expired" };
  switch (verdict.kind) {
    case "current":
    case "successor":
    case "ahead":
    // An honest browser's page request that a refresh has overtaken must not show a login form.
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

/** Two parties hold its tokens. Whoever sees it first tells the owner, and nobody does so twice. */
async function endCopiedSession(context: AuthContext, session: SessionWithUser): Promise<void> {
  const { id, user_id, email, email_verified } = session;
  const ended = await revoke(context, user_id, [id], "reuse");
  if (ended > 0) await notifyOf(context, { id: user_id, email, email_verified }, "refresh_reused");
}

async function makeRoom(context: AuthContext, userId: string): Promise<void> {
  const live = await listLiveSessions(context.db.query, userId, context.now);
  const unused = live.slice(maxSessionsPerUser - 1).map((session) => session.id);
  if (unused.length > 0) await revoke(context, userId, unused, "too_many_sessions");
}

async function touch(context: AuthContext, session: SessionWithUser): Promise<void> {
  if (context.now - session.last_used_at < touchEvery) return;
  const limit = idleLimit(context, session.expires_at);
  await touchSession(context.db, session.id, limit, context.now);
}

/** The next cookie, for the token that is, or is about to become, the current one. */
function successorOf(
  context: AuthContext,
  session: SessionWithUser,
  current: RefreshToken,
): RefreshToken {
  return {
    session: session.id,
    generation: current.generation + 1,
    id: randomId(),
    parent: current.id,
    issued_at: context.now,
    expires_at: idleLimit(context, session.expires_at),
    ...(current.delivery && { delivery: current.delivery }),
  };
}

/** When a session ends if nothing uses it after `now`: never later than its absolute limit. */
function idleLimit({ config, now }: AuthContext, expiresAt: number): number {
  return Math.min(now + config.refreshTokenLifetime * 1000, expiresAt);
}

function stateOf(session: SessionWithUser): SessionState {
  return {
    generation: session.generation,
    tokenId: session.token_id,
    advancedAt: session.advanced_at,
    idleExpiresAt: session.idle_expires_at,
    expiresAt: session.expires_at,
    userActive: session.is_active === 1,
    revoked: session.revoked !== null,
  };
}
