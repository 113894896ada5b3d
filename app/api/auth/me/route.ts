import { changeProfile, changesUsername } from "#lib/auth/account/profile.ts";
import { viewUser } from "#lib/auth/account/user.ts";
import { profileSchema, usernameSchema } from "#lib/contract/schemas.ts";
import { readBody, validate } from "#lib/http/body.ts";
import { authenticate, identifyRecent } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { Problem, taken } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/me", {
  GET: async (request, call) => {
    const session = await authenticate(request, call);
    return json(viewUser(session.user_id, session));
  },

  PATCH: async (request, call) => {
    const session = await authenticate(request, call);
    const change = await readBody(request, profileSchema);
    if (changesUsername(session, change.username)) {
      // An imported name may be one that could not be chosen here, and stays.
      validate(change, usernameSchema);
      // A username is a name to sign in with (ASVS 7.5.1).
      await identifyRecent(request, call, change);
    }
    const changed = await changeProfile(call, session.user_id, change);
    switch (changed.kind) {
      case "changed":
        return json(viewUser(changed.user.id, changed.user));
      case "username_taken":
        throw taken(changed.kind);
      case "user_gone":
        throw new Problem("token_revoked", "This account is gone.");
    }
  },
});
