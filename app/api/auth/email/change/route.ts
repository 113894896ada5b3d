import { requestEmailChange } from "#lib/auth/email/change.ts";
import { emailChangeSchema } from "#lib/contract/schemas.ts";
import { action } from "#lib/http/action.ts";
import { identifyRecent } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { requireMail } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

/** Takes a recent sign-in. Nothing changes before the new address is confirmed. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/change", {
  POST: action({
    form: "email",
    schema: emailChangeSchema,
    run: async (input, call, request) => {
      requireMail(call.config);
      const { user } = await identifyRecent(request, call, input);
      await requestEmailChange(call, user, input.email);
      return { sent_to: input.email };
    },
    json: (sent) => json(sent, 202),
    page: () => ({ done: "sent" }),
  }),
});
