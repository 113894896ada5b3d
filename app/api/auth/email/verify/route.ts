import { verifyEmail } from "#lib/auth/account/verification.ts";
import { verificationSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { json } from "#lib/http/json.ts";
import { readPresence } from "#lib/http/presence.ts";
import {
  linkInvalid,
  passwordRequired,
  taken,
  weakPassword,
  wrongPassword,
} from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

/** Takes the password where neither the account's session nor the sign-up's own cookie is. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/verify", {
  POST: action({
    form: "verify-email",
    schema: verificationSchema,
    run: async (input, call, request) => {
      const result = await verifyEmail(call, await readPresence(request, call), input);
      switch (result.kind) {
        case "link_invalid":
          throw linkInvalid();
        case "password_required":
          throw passwordRequired();
        case "wrong_password":
          throw wrongPassword("password");
        case "weak_password":
          throw weakPassword(result.message, "new_password");
        case "username_taken":
          throw taken("username_taken");
        case "verified":
          call.subject = { userId: result.user.id };
          return { email: result.user.email, next: input.next };
      }
    },
    json: ({ email }) => json({ email, email_verified: true }),
    page: ({ next }) => ({
      to: `/verify-email?${new URLSearchParams({ done: "verified", ...(next && { next }) })}`,
    }),
  }),
});
