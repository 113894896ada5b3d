import { requestEmailSignIn } from "#lib/auth/mail-requests.ts";
import { emailSchema } from "#lib/auth/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { requireEmailLogin } from "#lib/http/problem.ts";
import { route } from "#lib/http/route.ts";

/** The same answer, after the same time, whether or not there is such an account. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/login/email", {
  POST: async (request, call) => {
    requireEmailLogin(call.config);
    if (isForm(request)) {
      return answerForm("login-email", request, call, async (fields) => {
        await requestEmailSignIn(call, validate(fields, emailSchema).email);
        return { done: "sent" };
      });
    }
    const { email } = await readBody(request, emailSchema);
    await requestEmailSignIn(call, email);
    return json({ sent_to: email }, 202);
  },
});
