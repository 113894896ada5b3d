import { revoke } from "#lib/auth/session/revocation.ts";
import { authenticate } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/auth/sessions/revoke-others",
  {
    POST: async (request, call) => {
      const current = await authenticate(request, call);
      const others = { allBut: current.id };
      return json({ revoked: await revoke(call, current.user_id, others, "revoked") });
    },
  },
);
