/**
 * What a presented refresh token is worth: pure functions of the token, the session's row and the
 * time. A verdict also says what has to be written and which token comes next, so its caller only
 * carries it out. docs/sessions.md has the table and the reasons.
 */
import type { SessionWithUser } from "#db/sessions.ts";
import type { RefreshToken } from "./refresh-token.ts";

/** What judging needs of a session's row. */
export type JudgedSession = Pick<
  SessionWithUser,
  | "generation"
  | "token_id"
  | "advanced_at"
  | "last_used_at"
  | "idle_expires_at"
  | "expires_at"
  | "remember"
  | "is_active"
  | "revoked"
>;

/**
 * Seconds: the configuration's REFRESH_TOKEN_MIN_AGE, REFRESH_GRACE_PERIOD, REFRESH_TOKEN_LIFETIME and
 * BROWSER_SESSION_LIFETIME.
 */
export interface RefreshPolicy {
  refreshTokenMinAge: number;
  refreshGracePeriod: number;
  refreshTokenLifetime: number;
  browserSessionLifetime: number;
}

export interface JudgeOptions {
  /** Unix milliseconds. */
  now: number;
  policy: RefreshPolicy;
  /** Returns the id of the next token, 128 random bits. */
  newId: () => string;
}

/** Moves the session's idle limit, and notes its use. Unix milliseconds. */
export interface Touch {
  idleExpiresAt: number;
}

/** Makes the presented token the current one: to be written only if the row is still as it was read. */
export interface Swap extends Touch {
  generation: number;
  tokenId: string;
}

/**
 * - `current`: the token last seen in use. Its successor may have been lost, or ten tabs may ask at
 *   once, and each of them is right.
 * - `successor`: issued for the current token; using it shows that it arrived. It advances the
 *   session once it is old enough: until then a browser that crashed may come back with its parent.
 * - `ahead`: the seal is ours, yet the database has never seen the token's parent. The database
 *   lost a write (a power cut, a restored backup). It counts as a successor; otherwise every such
 *   loss would sign people out.
 * - `superseded`: overtaken a moment ago; an honest browser already holds the newer one.
 * - `reused`: overtaken long ago. Two parties hold tokens of one session.
 */
export type Verdict =
  | { kind: "expired" }
  | { kind: "revoked" }
  | { kind: "current"; next: RefreshToken; touch: Touch | null }
  | { kind: "successor" | "ahead"; advance: { next: RefreshToken; swap: Swap } | null }
  | { kind: "superseded" }
  | { kind: "reused" };

/** A session is touched at most this often, in milliseconds, so that a busy one costs no writes. */
const touchInterval = 60_000;

/** Judges `token`; `session` is undefined when the database has no such session. */
export function judge(
  token: RefreshToken,
  session: JudgedSession | undefined,
  { now, policy, newId }: JudgeOptions,
): Verdict {
  const life = lifeOf(session, now);
  if (session === undefined || life === "expired") return { kind: "expired" };
  if (life === "revoked") return { kind: "revoked" };

  const idleExpiresAt = idleLimit(now, session, policy);
  const successor = () => successorOf(token, newId(), now, idleExpiresAt);

  const lead = token.generation - session.generation;
  if (lead === 0 && token.id === session.token_id) {
    const due = now - session.last_used_at >= touchInterval;
    return { kind: "current", next: successor(), touch: due ? { idleExpiresAt } : null };
  }
  const isSuccessor = lead === 1 && token.parent === session.token_id;
  if (isSuccessor || lead > 1) {
    const old = now - token.issued_at >= policy.refreshTokenMinAge * 1000;
    const swap = { generation: token.generation, tokenId: token.id, idleExpiresAt };
    const advance = old ? { next: successor(), swap } : null;
    return { kind: isSuccessor ? "successor" : "ahead", advance };
  }

  const overtakenFor = now - session.advanced_at;
  return { kind: overtakenFor <= policy.refreshGracePeriod * 1000 ? "superseded" : "reused" };
}

/**
 * Whether a session is alive. Refresh tokens, access tokens and pages all ask here; `isAlive` in
 * db/sessions.ts says the same in SQL.
 */
export function lifeOf(
  session:
    | Pick<SessionWithUser, "is_active" | "idle_expires_at" | "expires_at" | "revoked">
    | undefined,
  now: number,
): "alive" | "expired" | "revoked" {
  if (session === undefined || session.is_active !== 1) return "expired";
  if (now >= session.idle_expires_at || now >= session.expires_at) return "expired";
  return session.revoked === null ? "alive" : "revoked";
}

/**
 * When a session ends if nothing uses it after `now`: never later than its absolute limit. Where the
 * user did not choose to stay signed in, that is hours: the computer may be shared, and a browser
 * that restores its tabs keeps the cookie (ASVS 7.3.1, red team 16).
 */
export function idleLimit(
  now: number,
  { expires_at, remember }: Pick<JudgedSession, "expires_at" | "remember">,
  policy: Pick<RefreshPolicy, "refreshTokenLifetime" | "browserSessionLifetime">,
): number {
  const { refreshTokenLifetime, browserSessionLifetime } = policy;
  const seconds =
    remember === 1 ? refreshTokenLifetime : Math.min(refreshTokenLifetime, browserSessionLifetime);
  return Math.min(now + seconds * 1000, expires_at);
}

function successorOf(
  token: RefreshToken,
  id: string,
  now: number,
  expires_at: number,
): RefreshToken {
  return {
    session: token.session,
    generation: token.generation + 1,
    id,
    parent: token.id,
    issued_at: now,
    expires_at,
    ...(token.delivery && { delivery: token.delivery }),
  };
}
