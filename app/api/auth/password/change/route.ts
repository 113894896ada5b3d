import { changePassword } from "#lib/auth/password/change.ts";
import { passwordChangeSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { requireSignedIn, signedInCookies, signedInResponse } from "#lib/http/delivery.ts";
import { identify } from "#lib/http/identify.ts";
import { weakPassword, wrongPassword } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { readVisitor } from "#lib/http/visitor.ts";

/** Other sessions end; this browser goes on in a new one. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/password/change", {
  POST: action({
    form: "password",
    schema: passwordChangeSchema,
    run: async (input, call, request) => {
      const { current_password: current, password: next, refresh_token_delivery: delivery } = input;
      const owner = await identify(request, call);
      const visitor = await readVisitor(request, call);
      const result = await changePassword(call, visitor, owner, { current, next, delivery });
      switch (result.kind) {
        case "wrong_password":
          throw wrongPassword("current_password");
        case "weak_password":
          throw weakPassword(result.message);
        default:
          return requireSignedIn(result, wrongPassword("current_password"));
      }
    },
    json: signedInResponse,
    page: async (signedIn, call) => ({
      cookies: await signedInCookies(signedIn, call),
      done: "changed",
    }),
  }),
});
