import type { z } from "zod";
import { requestEmailChange } from "#lib/auth/email/change.ts";
import { emailChangeSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { identify, requireRecentSignIn } from "#lib/http/identify.ts";
import { json } from "#lib/http/json.ts";
import { type Call, route } from "#lib/http/route.ts";

/** Takes a recent sign-in. Nothing has changed before the new address is confirmed. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/change", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("email", request, call, async (fields) => {
        await change(validate(fields, emailChangeSchema), request, call);
        return { done: "sent" };
      });
    }
    return json(await change(await readBody(request, emailChangeSchema), request, call), 202);
  },
});

async function change(
  { email, current_password }: z.output<typeof emailChangeSchema>,
  request: Request,
  call: Call,
) {
  const identified = await identify(request, call);
  await requireRecentSignIn(identified, call, current_password);
  await requestEmailChange(call, identified.user, email);
  return { sent_to: email };
}
