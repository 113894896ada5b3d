import { requestVerification } from "#lib/auth/mail-requests.ts";
import { emailSchema } from "#lib/auth/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

/** The same answer whether or not there is such an account, and whether or not it is verified. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/auth/email/verify/send",
  {
    POST: async (request, call) => {
      if (isForm(request)) {
        return answerForm("verify-email", request, call, async (fields) => {
          await requestVerification(call, validate(fields, emailSchema).email);
          return { done: "sent" };
        });
      }
      const { email } = await readBody(request, emailSchema);
      await requestVerification(call, email);
      return json({ sent_to: email }, 202);
    },
  },
);
