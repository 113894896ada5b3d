import { consume } from "#lib/auth/guard/rate-limits.ts";
import { type Refused, refreshSession } from "#lib/auth/session/sessions.ts";
import { tokenResponse } from "#lib/http/delivery.ts";
import { Problem } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { readRefreshToken } from "#lib/http/visitor.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/refresh", {
  POST: async (request, call) => {
    const presented = await readRefreshToken(request, call);
    if (presented.kind === "missing") {
      throw new Problem("refresh_missing", "There is no refresh token. Sign in.");
    }
    if (presented.kind === "invalid") {
      throw new Problem("refresh_invalid", "The refresh token is none of ours. Sign in.");
    }
    const { token } = presented;
    await consume(call, { kind: "refresh by session", of: token.session });

    const refreshed = await refreshSession(call, token);
    if (refreshed.kind !== "refreshed") throw refusal(refreshed);
    const { session, next } = refreshed;
    call.subject = { userId: session.user_id, sessionId: session.id };
    return tokenResponse(session, session, call, { next });
  },
});

const usedTwice =
  "Its refresh token was used a second time, so somebody may have copied it. Sign in again.";

function refusal(refused: Refused): Problem {
  switch (refused.kind) {
    case "expired":
      return new Problem("session_expired", "Sign in again.");
    case "revoked":
      return refused.reason === "reuse"
        ? new Problem("session_revoked", usedTwice)
        : new Problem("session_revoked", "It was ended here or on another device. Sign in again.");
    case "superseded":
      return new Problem("refresh_superseded", "Try again with the newer cookie.");
    case "reused":
      return new Problem("refresh_reused", usedTwice);
  }
}
