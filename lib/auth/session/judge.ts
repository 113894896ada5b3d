/**
 * What a presented refresh token is worth: a pure function of the token, the session's state and
 * the time. docs/sessions.md has the table and the reasons.
 */
import type { RefreshToken } from "./refresh-token.ts";

/** What the database says of the token's session. Times are Unix milliseconds. */
export interface SessionState {
  generation: number;
  /** The refresh token last seen in use. */
  tokenId: string;
  advancedAt: number;
  idleExpiresAt: number;
  expiresAt: number;
  /** Whether its user may sign in. */
  userActive: boolean;
  /** Whether it is on the blacklist. */
  revoked: boolean;
}

/** Seconds: REFRESH_TOKEN_MIN_AGE and REFRESH_GRACE_PERIOD. */
export interface AdvancePolicy {
  refreshTokenMinAge: number;
  refreshGracePeriod: number;
}

/**
 * - `current`: the token last seen in use. Its successor may be lost, or asked for by ten tabs at
 *   once, and each of them is right.
 * - `successor`: issued for the current one; using it shows that it arrived. `advances` says
 *   whether it is old enough to become the current one: until then a crashed browser may come
 *   back with its parent.
 * - `ahead`: its seal is ours, yet the database has never seen its parent: it lost a write (a
 *   power cut, a restored backup). Treated as a successor, or every such loss signs people out.
 * - `superseded`: overtaken a moment ago; an honest browser holds the newer one already.
 * - `reused`: overtaken long ago. Two parties hold tokens of one session.
 */
export type Verdict =
  | { kind: "expired" }
  | { kind: "revoked" }
  | { kind: "current" }
  | { kind: "successor" | "ahead"; advances: boolean }
  | { kind: "superseded" }
  | { kind: "reused" };

/** Judges `token` at `now` (Unix milliseconds); `session` is undefined when there is none. */
export function judge(
  token: RefreshToken,
  session: SessionState | undefined,
  now: number,
  policy: AdvancePolicy,
): Verdict {
  if (session === undefined || !session.userActive) return { kind: "expired" };
  if (now >= session.idleExpiresAt || now >= session.expiresAt) return { kind: "expired" };
  if (session.revoked) return { kind: "revoked" };

  const lead = token.generation - session.generation;
  const advances = now - token.issued_at >= policy.refreshTokenMinAge * 1000;
  if (lead === 0 && token.id === session.tokenId) return { kind: "current" };
  if (lead === 1 && token.parent === session.tokenId) return { kind: "successor", advances };
  if (lead > 1) return { kind: "ahead", advances };

  const overtakenFor = now - session.advancedAt;
  return { kind: overtakenFor <= policy.refreshGracePeriod * 1000 ? "superseded" : "reused" };
}
