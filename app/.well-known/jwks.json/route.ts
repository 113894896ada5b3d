import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/.well-known/jwks.json", {
  GET: async (_request, { keys, now }) => {
    const { jwks } = await keys.get(now);
    const response = json(jwks);
    // A new key is published ten minutes before it signs; see lib/auth/session/signing-keys.ts.
    response.headers.set("Cache-Control", "public, max-age=300");
    return response;
  },
});
