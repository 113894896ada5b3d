import { consume } from "#lib/auth/guard/rate-limits.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { authenticate } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/auth/sessions/revoke-others",
  {
    POST: async (request, call) => {
      const current = await authenticate(request, call);
      await consume(call, { kind: "revocations by account", of: current.user_id });
      const others = { allBut: current.id };
      return json({ revoked: await revoke(call, current.user_id, others, "revoked") });
    },
  },
);
