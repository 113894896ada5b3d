import { undoEmailChange } from "#lib/auth/email/change.ts";
import { tokenSchema } from "#lib/contract/schemas.ts";
import { isForm, readBody, validate } from "#lib/http/body.ts";
import { answerForm } from "#lib/http/form.ts";
import { json } from "#lib/http/json.ts";
import { deadLink } from "#lib/http/problem.ts";
import { type Call, route } from "#lib/http/route.ts";

/** Leads on to a new password: whoever changed the address knows the present one. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/auth/email/undo", {
  POST: async (request, call) => {
    if (isForm(request)) {
      return answerForm("undo-email", request, call, async (fields) => {
        const { reset_token: token } = await undo(validate(fields, tokenSchema).token, call);
        return { to: `/reset-password?${new URLSearchParams({ token })}` };
      });
    }
    return json(await undo((await readBody(request, tokenSchema)).token, call));
  },
});

async function undo(token: string, call: Call) {
  const undone = await undoEmailChange(call, token);
  if (!undone) throw deadLink();
  call.subject = { userId: undone.user.id };
  return { email: undone.user.email, reset_token: undone.resetToken };
}
