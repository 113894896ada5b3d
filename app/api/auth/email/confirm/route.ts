import { confirmEmailChange } from "#lib/auth/email/change.ts";
import { tokenSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { json } from "#lib/http/json.ts";
import { linkInvalid } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/confirm", {
  POST: action({
    form: "confirm-email",
    schema: tokenSchema,
    run: async ({ token }, call) => {
      const user = await confirmEmailChange(call, token);
      if (!user) throw linkInvalid();
      call.subject = { userId: user.id };
      return { email: user.email, email_verified: true };
    },
    json: (confirmed) => json(confirmed),
    page: () => ({ to: "/confirm-email?done=confirmed" }),
  }),
});
