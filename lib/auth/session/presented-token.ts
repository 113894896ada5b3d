import type { Database } from "#db/index.ts";
import { findSession } from "#db/sessions.ts";
import { lifeOf } from "./judge.ts";
import type { OpenedToken, PresentedToken, RefreshToken } from "./refresh-token.ts";

/** A browser has one or two sessions of ours; only an attacker presents more. */
const maxSessions = 4;

/**
 * Decides between the tokens of several sessions: the one whose session is alive counts, and the
 * others were left behind. Two that are alive are refused, because the server cannot know which one
 * is the browser's own and which one an attacker planted.
 */
export async function decide(
  opened: OpenedToken,
  { db, now }: { db: Database; now: number },
): Promise<PresentedToken> {
  if (opened.kind !== "ambiguous") return opened;
  const { tokens } = opened;
  if (tokens.length > maxSessions) return { kind: "invalid" };
  const alive: RefreshToken[] = [];
  for (const token of tokens) {
    const session = await findSession(db.query, token.session);
    if (lifeOf(session, now) === "alive") alive.push(token);
  }
  if (alive.length > 1) return { kind: "invalid" };
  // Of sessions that are over, the last one says best why its owner is signed out.
  const last = tokens.reduce((a, b) => (b.issued_at > a.issued_at ? b : a));
  return { kind: "token", token: alive[0] ?? last };
}
