import type { Presented } from "#lib/auth/email/mail-tokens.ts";
import { verifyEmail } from "#lib/auth/email/verification.ts";
import { mailedSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { deadLink } from "#lib/http/problem.ts";
import { type Call, route } from "#lib/http/route.ts";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/verify", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("verify-email", request, call, async (fields) => {
        await verify(validate(fields, mailedSchema), call);
        return { to: "/verify-email?done=verified" };
      });
    }
    return json(await verify(await readBody(request, mailedSchema), call));
  },
});

async function verify(presented: Presented, call: Call) {
  const user = await verifyEmail(call, presented);
  if (!user) throw deadLink();
  call.subject = { userId: user.id };
  return { email: user.email, email_verified: true };
}
