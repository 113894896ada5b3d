import { isoTime } from "#lib/format.ts";
import { authenticate } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

/** The smallest protected API route: copy this one to start your own. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/ping", {
  GET: async (request, call) => {
    await authenticate(request, call);
    return json({ now: isoTime(call.now) });
  },
});
