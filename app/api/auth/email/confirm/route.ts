import { confirmEmailChange } from "#lib/auth/email/change.ts";
import { tokenSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { deadLink } from "#lib/http/problem.ts";
import { type Call, route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/confirm", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("confirm-email", request, call, async (fields) => {
        await confirm(validate(fields, tokenSchema).token, call);
        return { to: "/confirm-email?done=confirmed" };
      });
    }
    return json(await confirm((await readBody(request, tokenSchema)).token, call));
  },
});

async function confirm(token: string, call: Call) {
  const user = await confirmEmailChange(call, token);
  if (!user) throw deadLink();
  call.subject = { userId: user.id };
  return { email: user.email, email_verified: true };
}
