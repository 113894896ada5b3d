import { consume } from "#lib/auth/guard/rate-limits.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { isRandomId } from "#lib/crypto/random.ts";
import { authenticate } from "#lib/http/identify.ts";
import { Problem } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/sessions/{id}", {
  DELETE: async (request, call) => {
    const current = await authenticate(request, call);
    await consume(call, { kind: "revocations by account", of: current.user_id });
    const { id = "" } = call.params;
    const ids = isRandomId(id) ? [id] : [];
    const revoked = await revoke(call, current.user_id, ids, "revoked");
    if (revoked === 0) throw new Problem("not_found", "You have no such session, or it is over.");
    return new Response(null, { status: 204 });
  },
});
