import { changeProfile } from "#lib/auth/account/profile.ts";
import { viewUser } from "#lib/auth/account/user.ts";
import { profileSchema } from "#lib/contract/schemas.ts";
import { authenticate } from "#lib/http/bearer.ts";
import { readBody } from "#lib/http/body.ts";
import { json } from "#lib/http/json.ts";
import { Problem } from "#lib/http/problem.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/me", {
  GET: async (request, call) => {
    const session = await authenticate(request, call);
    return json(viewUser(session.user_id, session));
  },

  PATCH: async (request, call) => {
    const session = await authenticate(request, call);
    const change = await readBody(request, profileSchema);
    const user = await changeProfile(call, session.user_id, change);
    if (user === "username_taken") {
      const message = "This username is taken. Choose another one.";
      throw new Problem(user, message, { errors: [{ path: "username", message }] });
    }
    if (user === undefined) throw new Problem("token_revoked", "This account is gone.");
    return json(viewUser(user.id, user));
  },
});
