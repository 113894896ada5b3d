import { listActivity } from "#lib/auth/account/activity.ts";
import { authenticate } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/activity", {
  GET: async (request, call) => {
    const { user_id } = await authenticate(request, call);
    return json({ events: await listActivity(call, user_id) });
  },
});
