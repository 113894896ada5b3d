import { audit } from "#lib/auth/audit.ts";
import { lockProved } from "#lib/auth/password/change.ts";
import { reauthenticateSchema } from "#lib/contract/schemas.ts";
import { readBody } from "#lib/http/body.ts";
import { identify, requirePassword, wrongPassword } from "#lib/http/identify.ts";
import { requireNoBrowser } from "#lib/http/refresh-delivery.ts";
import { route } from "#lib/http/route.ts";
import { renewSession, signedInResponse } from "#lib/http/sign-in.ts";

/** Proves again who is there. The browser goes on with a new session, whose `auth_time` is now. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/reauthenticate", {
  POST: async (request, call) => {
    const input = await readBody(request, reauthenticateSchema);
    requireNoBrowser(request, input.refresh_token_delivery);
    const identified = await identify(request, call);
    await requirePassword(identified.user, call, input.password, "password");
    const signedIn = await call.db.atomically(async (db) => {
      const within = { ...call, db };
      if (!(await lockProved(within, identified.user))) throw wrongPassword("password");
      await audit(within, "reauthenticated", { userId: identified.user.id });
      return renewSession(within, identified, request, input.refresh_token_delivery);
    });
    return signedInResponse(signedIn, call);
  },
});
