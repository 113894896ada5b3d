import { signInWithPassword } from "#lib/auth/password/sign-in.ts";
import { loginSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { requireSignedIn, signedInCookies, signedInResponse } from "#lib/http/delivery.ts";
import { Problem, wrongCredentials } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { readVisitor } from "#lib/http/visitor.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/login", {
  POST: action({
    form: "login",
    schema: loginSchema,
    run: async (input, call, request) => {
      const { remember, refresh_token_delivery: delivery } = input;
      const visitor = await readVisitor(request, call);
      const result = await signInWithPassword(call, visitor, input, { remember, delivery });
      switch (result.kind) {
        case "invalid_credentials":
          throw wrongCredentials();
        case "captcha_required":
          throw new Problem("captcha_required", "Show that you are no robot, and log in again.");
        default:
          return requireSignedIn(result, wrongCredentials());
      }
    },
    json: signedInResponse,
    page: async (signedIn, call) => ({ cookies: await signedInCookies(signedIn, call) }),
  }),
});
