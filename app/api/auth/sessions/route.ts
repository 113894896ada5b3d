import { listLiveSessions } from "#db/sessions.ts";
import { viewSession } from "#lib/auth/session/session-view.ts";
import { authenticate } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/sessions", {
  GET: async (request, call) => {
    const current = await authenticate(request, call);
    const sessions = await listLiveSessions(call.db.query, current.user_id, call.now);
    return json({ sessions: sessions.map((session) => viewSession(session, current.id)) });
  },
});
