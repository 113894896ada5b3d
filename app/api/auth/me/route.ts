import { changeProfile } from "#lib/auth/account/profile.ts";
import { viewUser } from "#lib/auth/account/user.ts";
import { canonicalIdentifier } from "#lib/contract/identifiers.ts";
import { profileSchema, usernameSchema } from "#lib/contract/schemas.ts";
import { readBody, validate } from "#lib/http/body.ts";
import { authenticate } from "#lib/http/identify.ts";
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
    // A page sends the whole profile, and an imported name may be one that could not be chosen here.
    const isPresent = change.username === canonicalIdentifier(session.username);
    if (change.username !== undefined && !isPresent) validate(change, usernameSchema);
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
