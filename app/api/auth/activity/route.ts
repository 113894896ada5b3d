import { listAuditEvents } from "#db/audit-events.ts";
import { activityLength, viewActivity } from "#lib/auth/account/activity.ts";
import { authenticate } from "#lib/http/bearer.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/activity", {
  GET: async (request, call) => {
    const { user_id } = await authenticate(request, call);
    const events = await listAuditEvents(call.db.query, {
      userId: user_id,
      limit: activityLength,
    });
    return json({ events: events.map(viewActivity) });
  },
});
