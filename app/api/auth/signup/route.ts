import { signUp } from "#lib/auth/account/sign-up.ts";
import { signupSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { requireSignedIn, signedInCookies, signedInResponse } from "#lib/http/delivery.ts";
import { json } from "#lib/http/json.ts";
import { taken, weakPassword, wrongCredentials } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";
import { readVisitor } from "#lib/http/visitor.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/signup", {
  POST: action({
    form: "signup",
    schema: signupSchema,
    run: async (input, call, request) => {
      // What the response needs is read before anything is written: an account without a response
      // is one whose owner finds the username taken.
      await call.keys.get(call.now);
      const options = { remember: true, delivery: input.refresh_token_delivery };
      const result = await signUp(call, await readVisitor(request, call), input, options);
      switch (result.kind) {
        case "weak_password":
          throw weakPassword(result.message);
        case "username_taken":
        case "email_taken":
          throw taken(result.kind);
        case "verification_sent":
          return { kind: "verification_sent", email: input.email } as const;
        default:
          return requireSignedIn(result, wrongCredentials());
      }
    },
    json: (result, call) =>
      result.kind === "signed_in"
        ? signedInResponse(result, call, 201)
        : json({ verification_required: true, email: result.email }, 202),
    page: async (result, call) =>
      result.kind === "signed_in"
        ? { cookies: await signedInCookies(result, call) }
        : { done: "sent", on: "verify-email" },
  }),
});
